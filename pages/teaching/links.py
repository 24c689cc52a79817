"""Addresses of a report's page, to which steps and exercises lead."""

from concepts.report import ClassReport
from pages.state.address import ReportView


def report_view(report: ClassReport) -> ReportView:
    """The state of its page when it is opened."""
    data = report.data
    return ReportView(
        id=report.folder.name if report.folder else None, model=data.model.name, target=data.target.label,
        layer=data.layer.path,
    )  # fmt: skip


def link_to(report: ClassReport, *, concept: int | None = None, tab: str | None = None) -> str:
    """Its address, with a concept open, or a tab."""
    return report_view(report).href(concept=concept, tab=tab)
