"""Photos over their points on the map, where few are seen; a click opens one."""

import math
from functools import partial

import streamlit as st

from concepts.item_map import ItemMap, Seen
from concepts.lexicon.collections import Collection
from concepts.rendering.colours import ALARM, WARN
from concepts.report.rendering.graph_geometry import colour_of, symbol_of
from concepts.report.rendering.svg import SHAPES
from pages.components.crops_on_plane import ClassLook, CropPlaces, crops_on_plane, keep_sheets, lines_of
from pages.components.safe_text import is_dark
from pages.figures.sprite import Sprite, sprite
from pages.state.address import PhotoMapView
from pages.state.flags import flags_on
from pages.state.selection import choose

FEWEST, MOST = 9, 20  # photos that would fill the width of what is seen: few are shown larger
NO_CLASS = "no class"


def show(graph: str, collection: Collection, mapped: ItemMap, seen: Seen, view: PhotoMapView) -> None:
    """Lays the photos that are seen over their points, and gives the browser their pictures."""
    rows = [] if seen.numbers is None else seen.numbers.tolist()
    across = min(MOST, max(FEWEST, round(math.sqrt(4 * len(rows)))))
    side = (seen.view.right - seen.view.left) / across
    crops_on_plane(graph, _places(collection, mapped, rows, side, view), on_row=partial(_open, rows))
    keep_sheets(graph, _sheet(collection.tokens, tuple(rows), collection))


def owners(collection: Collection, rows: list[int]) -> list[int]:
    """The class of each of these photos, as its place in the order of names."""
    place = {name: i for i, name in enumerate(_classes(collection))}
    return [place[collection.labels[row] or NO_CLASS] for row in rows]


def _classes(collection: Collection) -> list[str]:
    return sorted({label or NO_CLASS for label in collection.labels})


def _places(collection: Collection, mapped: ItemMap, rows: list[int], side: float, view: PhotoMapView) -> CropPlaces:
    places, flags = mapped.places[rows].tolist(), flags_on(collection)
    said = (
        [collection.names[row] for row in rows], [collection.labels[row] or "" for row in rows],
        [f"flagged: {flags[row]}" if row in flags else "" for row in rows],
    )  # fmt: skip
    return CropPlaces(
        xs=[x for x, _ in places], ys=[y for _, y in places], side=side,
        members=[ClassLook(colour_of(i), SHAPES[symbol_of(i)]) for i in range(len(_classes(collection)))],
        owner=owners(collection, rows), shown=[True] * len(rows), named=[row in flags for row in rows],
        order=sorted(range(len(rows)), key=lambda i: (rows[i] != view.image, rows[i] not in flags)),
        chosen=rows.index(view.image) if view.image in rows else None, warn=WARN[is_dark()], alarm=ALARM,
        lines=lines_of(*said),
    )  # fmt: skip


def _open(rows: list[int], place: int) -> None:
    if 0 <= place < len(rows):
        choose(image=rows[place])


@st.cache_resource(max_entries=8, show_spinner="Reading the photos that are seen …")
def _sheet(tokens: str, rows: tuple[int, ...], _collection: Collection) -> Sprite:
    return sprite(lambda i: _collection.thumbnail(rows[i]), len(rows))
