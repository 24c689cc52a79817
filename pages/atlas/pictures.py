"""Mosaics of a space's crops and drawings, made once for all visitors."""

from contextlib import suppress

import streamlit as st

from concepts.atlas.placed import PlacedSpace
from concepts.atlas.reading import AtlasReport
from concepts.report.queries.visualisation import find_drawing
from pages.atlas.spaces import Atlas
from pages.components.crops_on_plane import Crops, Drawings
from pages.figures.sprite import Sprite, sprite
from pages.state.reports import stamp
from pages.state.server_settings import server_settings

N_CROPS = 6
PIXELS = 8_000_000  # of a mosaic of all crops
LEAST = 48**2  # pixels of a crop in it: of a larger space fewer crops are shown at the pointer


def first_crops(atlas: Atlas) -> Sprite:
    """One tile for each concept: its first crop."""
    return _first(atlas.version, atlas.placed)


def all_crops(atlas: Atlas) -> Crops:
    """The first crops of each concept, as many as have room."""
    return _crops(atlas.version, atlas.placed)


def drawings(atlas: Atlas) -> Drawings | None:
    """The drawings that were made of these concepts; None where there is none."""
    store = server_settings().store
    return _drawings(atlas.version, stamp(store), atlas.placed) if store.is_dir() else None


def has_crop(placed: PlacedSpace[AtlasReport], row: int) -> bool:
    """True where a concept has a crop."""
    member, j = placed.space.nodes[row]
    return bool(member.report.data.concepts[j].crops)


@st.cache_resource(max_entries=4, show_spinner=False)
def _first(version: str, _placed: PlacedSpace[AtlasReport]) -> Sprite:
    return sprite(lambda row: _crop(_placed, row, 0), len(_placed.space.nodes))


@st.cache_resource(max_entries=4, show_spinner=False)
def _crops(version: str, _placed: PlacedSpace[AtlasReport]) -> Crops:
    nodes = _placed.space.nodes
    each = max(1, min(N_CROPS, PIXELS // (LEAST * len(nodes))))
    sheet = sprite(lambda tile: _crop(_placed, tile // each, tile % each), each * len(nodes), pixels=PIXELS)
    counts = tuple(min(each, len(member.report.data.concepts[j].crops)) for member, j in nodes)
    return Crops(sheet, each, counts)


@st.cache_resource(max_entries=4, show_spinner=False)
def _drawings(version: str, stamp: int, _placed: PlacedSpace[AtlasReport]) -> Drawings | None:
    found: dict[int, bytes] = {}
    for row, (member, j) in enumerate(_placed.space.nodes):
        with suppress(ValueError):
            if (drawing := find_drawing(member.report, j, server_settings().store)) is not None:
                found[row] = drawing.picture
    rows = tuple(found)
    return Drawings(sprite(lambda i: found[rows[i]], len(rows)), rows) if rows else None


def _crop(placed: PlacedSpace[AtlasReport], row: int, place: int) -> bytes:
    """A crop of a concept. Raises ValueError where there is none."""
    member, j = placed.space.nodes[row]
    crops = member.report.data.concepts[j].crops
    if place >= len(crops):
        raise ValueError("the concept has no more crops")
    return member.report.picture(crops[place].file)
