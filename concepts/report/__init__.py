"""The report of a class: which concepts, how much each counts, by which strategies."""

from typing import TYPE_CHECKING

from concepts.report.card import ReportCard, find_report, list_cards
from concepts.report.class_report import ClassReport
from concepts.report.library import open_report
from concepts.report.settings import ReportSettings

if TYPE_CHECKING:
    from concepts.report.build import build_report

__all__ = ["ClassReport", "ReportCard", "ReportSettings", "build_report", "find_report", "list_cards", "open_report"]


def __getattr__(name: str) -> object:
    """`build_report` is imported when it is asked for, so that reading a report stays light."""
    if name == "build_report":
        from concepts.report.build import build_report

        return build_report
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
