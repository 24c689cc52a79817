"""Reports read for the app's atlas: tables and directions, without the arrays that only a report's own page shows."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from concepts.annotations import note_subject
from concepts.atlas.member import Member
from concepts.report.class_report import ClassReport
from concepts.storage.listing import LeftOut, Listing


@dataclass(frozen=True, eq=False)
class AtlasReport(Member):
    """A report in the app's atlas. subject: the key of people's notes on its concepts."""

    report: ClassReport
    subject: str

    @property
    def id(self) -> str:
        """The report's id in an address: the name of its folder."""
        return self.report.folder.name if self.report.folder else ""


def read_atlas_report(folder: Path) -> AtlasReport:
    """The report in this folder. Raises ValueError or OSError for one that is damaged or holds no concept."""
    report = ClassReport.load(folder)
    if not report.data.concepts:
        raise ValueError("it has no concepts")
    return AtlasReport(report, report.array("components"), note_subject(report))


def read_atlas_reports(folders: Iterable[Path]) -> Listing[AtlasReport]:
    """The reports on photos in these folders by class, then by id, and those that are damaged.

    Concepts of texts have no crops to lay on a plane.
    """
    found, left_out = [], []
    for folder in folders:
        try:
            read = read_atlas_report(folder)
            found += [read] if read.report.data.kind == "images" else []
        except (ValueError, OSError) as error:
            left_out.append(LeftOut.of(folder, error))
    return Listing(tuple(sorted(found, key=lambda each: (each.label.casefold(), each.id))), tuple(left_out))
