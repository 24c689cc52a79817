"""Opening a report by its id, from the folders that hold reports."""

from collections.abc import Sequence
from pathlib import Path

from concepts.report.card import find_report
from concepts.report.class_report import ClassReport


def open_report(roots: Sequence[Path], id: str) -> ClassReport:
    """The report with this id. Raises ValueError if none of the folders holds it."""
    card = find_report(roots, id=id)
    if card is None:
        raise ValueError(f"there is no report {id!r}: it may have been removed; the gallery lists those there are")
    return ClassReport.load(card.folder)
