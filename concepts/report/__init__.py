"""The report of a class: which concepts, how much each counts, by which strategies."""

from typing import Any

from concepts.report.library import ReportCard, find_report, list_cards, open_report
from concepts.report.result import ClassReport
from concepts.report.settings import ReportSettings


def build_report(*arguments: Any, **options: Any) -> ClassReport:
    """See `concepts.report.build.build_report`: imported when called, so that reading a report stays light."""
    from concepts.report.build import build_report as build

    return build(*arguments, **options)


__all__ = ["ClassReport", "ReportCard", "ReportSettings", "build_report", "find_report", "list_cards", "open_report"]
