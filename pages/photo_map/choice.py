"""Which points are chosen: by conditions on photos, around one, without near-duplicates, by a region of the map."""

from typing import TYPE_CHECKING

import streamlit as st

from concepts.item_map import ItemMap, Subset, items_within
from concepts.lexicon.collections import Collection, MapPoints
from concepts.lexicon.collections.mapped import PHOTOS, PLACES
from concepts.token_search.near_duplicates import without_repeats
from pages.components.safe_text import paragraph
from pages.similarity.controls import question
from pages.similarity.duplicate_groups import groups_among, whence
from pages.similarity.only import asked_items
from pages.state.address import PhotoMapView, corners_in
from pages.state.computing import SEARCHING
from pages.state.reports import stamp
from pages.state.selection import choose, sync_widget

if TYPE_CHECKING:
    import numpy as np

ONCE, ONLY = "once", "only"
REPEATS = {None: "all of them", ONCE: "one of each group", ONLY: "these groups only"}
NEAR = (12, 50, 200, 1_000)  # points around one
KINDS = {PHOTOS: "whole photos", PLACES: "places of photos"}


def view() -> PhotoMapView:
    """The state in the address."""
    return PhotoMapView.of(st.query_params.to_dict())


def choose_points(collection: Collection) -> MapPoints:
    """Shows what the map's points can be, where a photo has more than one place, and returns those chosen."""
    rows, columns = collection.grid
    if rows * columns == 1:
        return MapPoints(collection)
    wanted = PLACES if view().points == PLACES else PHOTOS
    sync_widget("points", wanted)
    st.segmented_control(
        "A point is one of the", list(KINDS), key="points", format_func=KINDS.__getitem__, required=True,
        on_change=lambda: choose(
            points=None if st.session_state["points"] == PHOTOS else PLACES,
            part=None, area=None, image=None, place=None, near=None,
        ),
    )  # fmt: skip
    return MapPoints(collection, wanted)


def choose_repeats(collection: Collection) -> None:
    """Shows what is done with near-duplicates."""
    wanted = view().repeats
    sync_widget("repeats", wanted if wanted in REPEATS else None)
    st.selectbox(
        "Near-duplicates", list(REPEATS), format_func=REPEATS.__getitem__, key="repeats",
        help="Photos that are nearly the same to the model, wherever things stand in them. Where all photos of the "
        "collection were compared before, those groups are taken; otherwise at most 20,000 photos are compared now.",
        on_change=lambda: choose(repeats=st.session_state["repeats"]),
    )  # fmt: skip
    if wanted in (ONCE, ONLY):
        paragraph(whence(collection), "cx-note")


def open_point(points: MapPoints, seen: PhotoMapView) -> int | None:
    """The point that is open: of a map of places, the place in the address, else the photo's first; None without."""
    if seen.image is None or not 0 <= seen.image < len(points.collection):
        return None
    place = seen.place if seen.place is not None and 0 <= seen.place < points.per else 0
    return seen.image * points.per + place


def address_of(points: MapPoints, point: int) -> dict[str, int | None]:
    """What the address says where a point is open."""
    return {"image": points.photo(point), "place": point % points.per if points.of == PLACES else None}


def conditioned(points: MapPoints, seen: PhotoMapView) -> Subset:
    """The points that fulfil all conditions but the region. Raises ValueError where none does, or too many photos are
    to be compared with each other."""
    n, photos = len(points), asked_items(points.collection, question())
    kept, opened = Subset.of(n, points.of_photos(photos)), open_point(points, seen)
    if opened is not None and seen.near:
        kept = Subset.of_numbers(n, _around(points, opened, seen.near, photos))
    if seen.repeats in (ONCE, ONLY):
        kept = Subset.of(n, kept.items, points.of_photos(_without_repeats(points, kept, seen.repeats)))
    return kept


def in_region(mapped: ItemMap, kept: Subset, seen: PhotoMapView) -> Subset:
    """Of these points those in the region that was drawn; all of them without one."""
    if len(corners_in(seen.area)) < 3:
        return kept
    return Subset.of(len(kept.items), kept.items, _within(str(mapped.folder), stamp(mapped.folder), seen.area, mapped))


def _without_repeats(points: MapPoints, kept: Subset, repeats: str) -> "np.ndarray":
    """(n,) bool: of the photos kept those in groups of near-duplicates, or the first of each and all others."""
    n = len(points.collection)
    groups = groups_among(points.collection, Subset(points.photos_with(kept.items)).condition)
    if repeats == ONLY:
        return Subset.of_numbers(n, (i for group in groups for i in group)).items
    return without_repeats(n, groups)


@st.cache_resource(max_entries=8, show_spinner=False)
def _within(folder: str, stamp: int, area: str | None, _mapped: ItemMap) -> "np.ndarray":
    return items_within(_mapped.places, corners_in(area))


def _around(points: MapPoints, point: int, near: int, photos: "np.ndarray | None") -> list[int]:
    """A point and so many nearest to it, of the photos that are asked."""
    key = b"" if photos is None else photos.tobytes()
    return [point, *_nearest(points.collection.tokens, points.of, point, near, key, points, photos)]


@st.cache_data(max_entries=32, show_spinner="Comparing all with this one …")
def _nearest(
    tokens: str, of: str, point: int, near: int, photos: bytes, _points: MapPoints, _photos: "np.ndarray | None"
) -> list[int]:
    with SEARCHING.turn():
        return _points.nearest(point, top=near, photos=_photos)
