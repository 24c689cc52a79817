"""The files in a report's folder."""

from pathlib import Path

from concepts.report.card import CARD
from concepts.storage.output_folder import OutputKind

REPORT = OutputKind(
    "report",
    frozenset({"report.json", "arrays.safetensors", "report.html", CARD, "thumbnails", "crops"}),
    "report.json",
    frozenset({"format", "model", "concepts", "strategies"}),
)


def is_report(folder: Path) -> bool:
    """True where the folder holds a report.json of this program."""
    return REPORT.is_in(folder)
