"""The reports of a site: their folders, the names of their pages, and digests to detect changes."""

import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from hashlib import blake2b
from pathlib import Path

import numpy as np

from concepts.annotations import NoteStore, current_names, note_subjects
from concepts.atlas import Member
from concepts.report.card import ReportCard
from concepts.report.names import NUMBERS
from concepts.report.queries.array_checks import check_arrays
from concepts.report.rendering.html import readable
from concepts.report.rendering.wording_sentences import wording_of
from concepts.report.stored import StoredReport, thumbnail_name
from concepts.storage.listing import LeftOut, folders_in
from concepts.storage.store import key_of, slug

REPORT, PAGE = "report.json", "report.html"
PIECE = 2**20  # bytes hashed at a time
N_MAPS = 4  # whole photos on a concept's page
N_WORDS = 4  # of a concept of texts, beside its name


@dataclass(frozen=True, eq=False)
class SiteClass(Member):
    """A report in a site. stem: the base name of its files; digest: over all files of the report.

    files: the names of these. Paths are relative to the site, with forward slashes.
    """

    card: ReportCard
    stem: str
    digest: str
    files: frozenset[str]

    @property
    def page(self) -> str:
        return f"classes/{self.stem}.html"

    def concept_page(self, concept: int) -> str:
        return f"concepts/{self.stem}-{concept}.html"

    def crops(self, concept: int) -> list[tuple[str, str, int]]:
        """(path in the site, file in the report, image) of each existing crop, strongest first."""
        rows = self.report.data.concepts[concept].crops
        return [
            (f"pictures/{self.stem}/crop-{concept}-{rank}.jpg", row.file, row.image)
            for rank, row in enumerate(rows)
            if row.file in self.files
        ]

    def first_crop(self, concept: int) -> str | None:
        """The path of the crop that represents a concept; None if it has none."""
        return next((path for path, _, _ in self.crops(concept)), None)

    def words(self, concept: int) -> str:
        """The words that set the texts of a concept apart; "" where there are none, and for photos."""
        row = wording_of(self.report.data, concept)
        return ", ".join(each.term for each in row.words[:N_WORDS]) if row else ""

    def maps(self, concept: int) -> list[tuple[str, int]]:
        """(path in the site, image) of the whole photos shown under the concept's map."""
        if not self.report.has_maps:
            return []
        images = dict.fromkeys(row.image for row in self.report.data.concepts[concept].crops)
        there = [image for image in images if thumbnail_name(image) in self.files]
        return [(f"pictures/{self.stem}/map-{concept}-{rank}.jpg", image) for rank, image in enumerate(there[:N_MAPS])]


def collect(folders: Sequence[Path], note_store: NoteStore | None = None) -> tuple[list[SiteClass], list[LeftOut]]:
    """The classes of these folders, each a report or a folder of reports, by label, and the reasons for those left out.

    A repeated folder counts once. Raises ValueError for a folder that is missing or holds no report.
    """
    places = {os.path.realpath(place): place for folder in folders for place in _reports_in(folder)}
    found, left_out, stems = [], [], Counter[str]()
    for place in places.values():
        try:
            own = site_class(place)
        except (ValueError, OSError) as error:
            left_out.append(LeftOut.of(place, error))
            continue
        stems[own.stem] += 1
        if (n := stems[own.stem]) > 1:
            own = replace(own, stem=f"{own.stem}-{n}")
        found.append(_called(own, note_store) if note_store else own)
    if not found:
        raise ValueError(f"none of the reports can be read ({left_out[0].text}): build them again")
    return sorted(found, key=lambda each: (each.label.casefold(), each.stem)), left_out


def site_class(place: Path) -> SiteClass:
    """The report in a folder as a site shows it, without names that people gave. Raises ValueError or OSError where it
    cannot be read."""
    report, components = _opened(place)
    digest, files = contents_of(place)
    return SiteClass(report, components, ReportCard.of(report.data), _stem(report), digest, files)


def _called(own: SiteClass, note_store: NoteStore) -> SiteClass:
    """It with the names that people gave."""
    names = current_names(note_store.current(*note_subjects(own.report)).values())
    if names == NUMBERS:
        return own
    return replace(own, report=own.report.called(names), digest=key_of(report=own.digest, names=asdict(names)))


def _reports_in(folder: Path) -> list[Path]:
    if not folder.is_dir():
        raise ValueError(f"there is no folder {folder}: name a report, or a folder of reports")
    if (folder / REPORT).is_file():
        return [folder]
    inside = folders_in(folder)
    if not inside:
        raise ValueError(f"{folder} holds no report: name a folder that `python -m concepts report --out` wrote")
    return inside


def _opened(place: Path) -> tuple[StoredReport, np.ndarray]:
    """The report, with its texts cut to a displayable length, and its dictionary."""
    report = readable(StoredReport.load(place))
    if not report.data.concepts:
        raise ValueError("it has no concepts")
    check_arrays(report)
    return report, report.array("components")


def _stem(report: StoredReport) -> str:
    """A readable prefix and a hash: identical for a class of the same model, layer and folder in every build."""
    data, folder = report.data, report.folder
    made = key_of(
        target=data.target.label,
        model=data.model.name,
        layer=data.layer.path,
        folder=folder.name if folder else "",
    )
    return f"{slug(data.target.label, 40) or 'class'}-{made[:10]}"


def contents_of(place: Path) -> tuple[str, frozenset[str]]:
    """BLAKE2b over the names and contents of a report's files, and the names. The report's own page is excluded, since
    it is made from the other files; so are symbolic links, which are not followed."""
    whole, names = blake2b(digest_size=16), []
    for file in sorted(path for path in place.rglob("*") if path.name != PAGE and not path.is_symlink()):
        if not file.is_file():
            continue
        name, size = file.relative_to(place).as_posix(), file.stat().st_size
        whole.update(f"{len(name)}:{name}={size}:".encode("utf-8", "surrogateescape"))
        with file.open("rb") as content:
            while piece := content.read(PIECE):
                whole.update(piece)
        names.append(name)
    return whole.hexdigest(), frozenset(names)
