"""The report of a class: its concepts, their importance, and its strategies."""

from typing import TYPE_CHECKING

from concepts.late_imports import late_imports
from concepts.report.card import ReportCard, find_report, list_cards
from concepts.report.class_report import ClassReport
from concepts.report.library import open_report
from concepts.report.settings import ReportSettings

if TYPE_CHECKING:
    from concepts.report.pipeline.build import build_report
else:
    __getattr__ = late_imports(__name__, {"pipeline.build": ("build_report",)})  # so that reading a report stays light

__all__ = ["ClassReport", "ReportCard", "ReportSettings", "build_report", "find_report", "list_cards", "open_report"]
