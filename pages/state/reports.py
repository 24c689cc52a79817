"""Reports for the pages, cached until they change on disk."""

import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from concepts.lexicon.naming import IN_REPORT, ConceptName, read_names
from concepts.report import ClassReport, ReportCard
from concepts.report.card import read_cards
from concepts.report.queries.array_checks import check_arrays
from concepts.report.queries.photo_filter import amounts_of
from concepts.storage.listing import LeftOut, Listing, reason_of
from concepts.storage.reading import file_inside, read_file
from pages.figures.sprite import Sprite, sprite
from pages.state.address import ReportView
from pages.state.notes import names_on
from pages.state.server_settings import server_settings

if TYPE_CHECKING:
    import numpy as np


def cards() -> list[ReportCard]:
    """The cards of all reports, newest first."""
    return list(_listed().found)


def left_out_reports() -> tuple[LeftOut, ...]:
    """The folders beside the reports that hold none that can be read."""
    return _listed().left_out


def _listed() -> Listing[ReportCard]:
    return _cards(tuple((str(root), stamp(root)) for root in server_settings().reports))


@st.cache_data(max_entries=4, show_spinner=False)
def _cards(roots: tuple[tuple[str, int], ...]) -> Listing[ReportCard]:
    return read_cards([Path(root) for root, _ in roots])


def stamp(path: Path) -> int:
    """A value that changes when an entry of a folder is added, removed or moved into place."""
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0


def find_card(view: ReportView) -> ReportCard | None:
    """The report at an address: the one with its id, or the newest of its model, class and layer."""
    if view.id is not None:
        return next((card for card in cards() if card.id == view.id), None)
    wanted = (view.model, view.target, view.layer)
    for card in cards():
        if all(want in (None, have) for want, have in zip(wanted, (card.model, card.target, card.layer), strict=True)):
            return card
    return None


def load(card: ReportCard) -> ClassReport:
    """The report, checked, with the current names. Raises ValueError with one clear line when it is damaged."""
    report = _load(str(card.folder), stamp(card.folder / "report.json"))
    return report.called(names_on(report_key(report), report))


@st.cache_resource(max_entries=16, show_spinner="Opening the report …")
def _load(folder: str, stamp: int) -> ClassReport:
    try:
        report = ClassReport.load(folder)
        check_arrays(report)
    except (ValueError, OSError) as error:
        raise ValueError(reason_of(error, Path(folder))) from error
    return report


def report_key(report: ClassReport) -> tuple[str, int]:
    """The cache key of everything computed from a report."""
    folder = str(report.folder)
    return folder, stamp(Path(os.path.join(folder, "report.json")))


def suggested(report: ClassReport) -> dict[int, ConceptName]:
    """Concept → the word found by `python -m concepts name`, its score, its runner-up; empty if it was not run."""
    if report.folder is None:
        return {}
    try:
        return {name.concept: name for name in read_names(file_inside(report.folder, IN_REPORT))}
    except (ValueError, OSError):
        return {}


@st.cache_resource(max_entries=16, show_spinner="Reading the concept maps …")
def amounts(key: tuple[str, int], _report: ClassReport) -> "np.ndarray":
    """(n, k): amount of each concept in each photo (`amounts_of`)."""
    return amounts_of(_report)


@st.cache_resource(max_entries=8, show_spinner="Gathering the photos …")
def photo_sheet(key: tuple[str, int], _report: ClassReport) -> Sprite:
    """The mosaic of thumbnails shown at the pointer."""
    return sprite(_report.thumbnail, len(_report.data.items))


def crops_of(card: ReportCard) -> tuple[bytes, ...]:
    """The pictures of a gallery card; those that are missing, links, or outside the report's folder are left out."""
    return _crops(str(card.folder), card.crops, stamp(card.folder))


@st.cache_resource(max_entries=2_000, show_spinner=False)
def _crops(folder: str, files: tuple[str, ...], stamp: int) -> tuple[bytes, ...]:
    found = []
    for file in files:
        with suppress(ValueError, OSError):
            found.append(read_file(file_inside(Path(folder), file)))
    return tuple(found)
