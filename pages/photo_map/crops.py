"""Photos, or what is around places, over their points on the map, where few are seen; a click opens one."""

import math
from functools import partial

import streamlit as st

from concepts.item_map import ItemMap, Seen
from concepts.lexicon.collections import Collection, MapPoints
from concepts.rendering.colours import ALARM, WARN
from concepts.report.rendering.graph_geometry import colour_of, symbol_of
from concepts.report.rendering.svg import SHAPES
from pages.components.crops_on_plane import ClassLook, CropPlaces, crops_on_plane, keep_sheets, lines_of
from pages.components.safe_text import is_dark
from pages.figures.sprite import Sprite, sprite
from pages.photo_map.choice import address_of, open_point
from pages.state.address import PhotoMapView
from pages.state.flags import flags_on
from pages.state.reports import stamp
from pages.state.selection import choose

FEWEST, MOST, EXAMPLES = 9, 20, 18  # pictures that would fill the width of what is seen: few are shown larger
NO_CLASS = "no class"


def show(graph: str, points: MapPoints, mapped: ItemMap, seen: Seen, view: PhotoMapView) -> None:
    """Lays pictures over the points that are seen, or over examples of them, and gives them to the browser."""
    rows = seen.examples.tolist()
    across = EXAMPLES if seen.numbers is None else min(MOST, max(FEWEST, round(math.sqrt(4 * len(rows)))))
    side = (seen.view.right - seen.view.left) / across
    crops_on_plane(graph, _places(points, mapped, rows, side, view), on_row=partial(_open, points, rows))
    keep_sheets(graph, _sheet(points.collection.tokens, points.of, tuple(rows), points))


def owners(points: MapPoints, rows: list[int]) -> list[int]:
    """The class of the photo of each of these points, as its place in the order of names."""
    place = {name: i for i, name in enumerate(classes_of(points.collection))}
    labels = points.collection.labels
    return [place[labels[points.photo(row)] or NO_CLASS] for row in rows]


def classes_of(collection: Collection) -> list[str]:
    """The names of the classes of its photos, in order."""
    return _classes(str(collection.folder), stamp(collection.folder), collection)


@st.cache_resource(max_entries=8, show_spinner=False)
def _classes(folder: str, stamp: int, _collection: Collection) -> list[str]:
    return sorted({label or NO_CLASS for label in _collection.labels})


def _places(points: MapPoints, mapped: ItemMap, rows: list[int], side: float, view: PhotoMapView) -> CropPlaces:
    collection, opened = points.collection, open_point(points, view)
    places, flags, photos = mapped.places[rows].tolist(), flags_on(collection), list(map(points.photo, rows))
    said = (
        [points.name(row) for row in rows], [collection.labels[photo] or "" for photo in photos],
        [f"flagged: {flags[photo]}" if photo in flags else "" for photo in photos],
    )  # fmt: skip
    return CropPlaces(
        xs=[x for x, _ in places], ys=[y for _, y in places], side=side,
        members=[ClassLook(colour_of(i), SHAPES[symbol_of(i)]) for i in range(len(classes_of(collection)))],
        owner=owners(points, rows), shown=[True] * len(rows), named=[photo in flags for photo in photos],
        order=sorted(range(len(rows)), key=lambda i: (rows[i] != opened, photos[i] not in flags)),
        chosen=rows.index(opened) if opened in rows else None, warn=WARN[is_dark()], alarm=ALARM,
        lines=lines_of(*said),
    )  # fmt: skip


def _open(points: MapPoints, rows: list[int], place: int) -> None:
    if 0 <= place < len(rows):
        choose(**address_of(points, rows[place]))


@st.cache_resource(max_entries=8, show_spinner="Reading what is seen …")
def _sheet(tokens: str, of: str, rows: tuple[int, ...], _points: MapPoints) -> Sprite:
    return sprite(lambda i: _points.picture(rows[i]), len(rows))
