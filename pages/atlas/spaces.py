"""The spaces of all reports, read once, and the one that the page shows."""

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from concepts.annotations import current_names
from concepts.atlas import Space, spaces_of
from concepts.atlas.placed import PlacedSpace, placed
from concepts.atlas.plane import find_plane, keep_plane, plane_name, plane_of
from concepts.atlas.reading import AtlasReport, read_atlas_reports
from concepts.report.names import NUMBERS, Names
from concepts.storage.app_folder import DEMO
from concepts.storage.listing import LeftOut
from concepts.storage.store import key_of
from pages.state.computing import SEARCHING
from pages.state.libraries import Stage, libraries
from pages.state.notes import note_store
from pages.state.reports import cards, report_key, stamp
from pages.state.server_settings import server_settings

PLANES = DEMO / "planes"  # of the built-in reports


@dataclass(frozen=True, eq=False)
class Atlas:
    """The space that the page shows. key: in the address. version: another one where a report was replaced.

    names: of the concepts of each report, as people gave them.
    """

    key: str
    version: str
    placed: PlacedSpace[AtlasReport]
    names: tuple[Names, ...]

    @property
    def members(self) -> tuple[AtlasReport, ...]:
        return self.placed.space.members

    def name(self, row: int) -> str:
        """The name of a concept."""
        return self.names[self.owner(row)].concept(self.placed.space.nodes[row][1])

    def owner(self, row: int) -> int:
        """The place of a concept's report among the members."""
        return int(self.placed.space.owner[row])


def all_spaces() -> tuple[tuple[Space[AtlasReport], ...], tuple[LeftOut, ...]]:
    """The spaces of all reports, the largest first, and the reports that cannot be read."""
    folders = tuple((str(card.folder), stamp(card.folder / "report.json")) for card in cards())
    return _spaces(folders)


@st.cache_resource(max_entries=2, show_spinner="Reading the reports …")
def _spaces(folders: tuple[tuple[str, int], ...]) -> tuple[tuple[Space[AtlasReport], ...], tuple[LeftOut, ...]]:
    listing = read_atlas_reports(Path(folder) for folder, _ in folders)
    return tuple(spaces_of(listing.found)), listing.left_out


def key_of_space(space: Space[AtlasReport]) -> str:
    """The key of a space in an address: the same whatever reports it holds."""
    data = space.members[0].report.data
    return f"{data.model.fingerprint[:8]}-{data.layer.path}"


def open_atlas(space: Space[AtlasReport]) -> Atlas:
    """The space with its plane and its names."""
    name = plane_name(space)
    version = key_of(plane=name, reports=[report_key(member.report) for member in space.members])
    return Atlas(key_of_space(space), version, _placed(version, space), _names(space))


@st.cache_resource(max_entries=8, show_spinner="Laying out the concepts: some seconds, once …")
def _placed(version: str, _space: Space[AtlasReport]) -> PlacedSpace[AtlasReport]:
    store = server_settings().store
    plane = find_plane(_space, (PLANES, store))
    if plane is None:
        libraries.wait_for(Stage.MODEL)  # what UMAP imports
        with SEARCHING.turn():
            plane = plane_of(_space)
        with suppress(ValueError, OSError):  # a full disk takes nothing from the page
            keep_plane(_space, plane, store)
    return placed(_space, plane)


def _names(space: Space[AtlasReport]) -> tuple[Names, ...]:
    """The names of each report's concepts; numbers where notes cannot be read (`warn_of_trouble` says so)."""
    try:
        notes = note_store().all(*{member.subject for member in space.members})
    except ValueError:
        return tuple(NUMBERS for _ in space.members)
    latest = {(note.subject, note.place): note for note in reversed(notes)}
    return tuple(
        current_names(note for (subject, _), note in latest.items() if subject == member.subject)
        for member in space.members
    )
