"""Which photos are chosen: by conditions, around one photo, without near-duplicates, by a region of the map."""

from typing import TYPE_CHECKING

import streamlit as st

from concepts.item_map import ItemMap, Subset, items_within
from concepts.lexicon.collections import Collection, nearest_photos
from concepts.token_search.near_duplicates import without_repeats
from pages.components.safe_text import paragraph
from pages.similarity.controls import question
from pages.similarity.duplicate_groups import groups_among, whence
from pages.similarity.only import asked_items
from pages.state.address import PhotoMapView, corners_in
from pages.state.computing import SEARCHING
from pages.state.selection import choose, sync_widget

if TYPE_CHECKING:
    import numpy as np

ONCE, ONLY = "once", "only"
REPEATS = {None: "all of them", ONCE: "one of each group", ONLY: "these groups only"}
NEAR = (12, 50, 200, 1_000)  # photos around one


def view() -> PhotoMapView:
    """The state in the address."""
    return PhotoMapView.of(st.query_params.to_dict())


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


def conditioned(collection: Collection, seen: PhotoMapView) -> Subset:
    """The photos that fulfil all conditions but the region. Raises ValueError where none does, or too many are to be
    compared with each other."""
    n = len(collection)
    kept = Subset.of(n, asked_items(collection, question()))
    if seen.image is not None and seen.image < n and seen.near:
        kept = Subset.of_numbers(n, _around(collection, seen.image, seen.near, kept.condition))
    if seen.repeats in (ONCE, ONLY):
        groups = groups_among(collection, kept.condition)
        among = [i for group in groups for i in group] if seen.repeats == ONLY else without_repeats(n, groups)
        kept = Subset.of(n, kept.items, Subset.of_numbers(n, among).items)
    return kept


def in_region(mapped: ItemMap, kept: Subset, seen: PhotoMapView) -> Subset:
    """Of these photos those in the region that was drawn; all of them without one."""
    corners = corners_in(seen.area)
    if len(corners) < 3:
        return kept
    return Subset.of(len(kept.items), kept.items, items_within(mapped.places, corners))


def _around(collection: Collection, image: int, near: int, items: "np.ndarray | None") -> list[int]:
    """A photo and so many nearest to it, of those that are asked."""
    key = b"" if items is None else items.tobytes()
    return [image, *_nearest(collection.tokens, image, near, key, collection, items)]


@st.cache_data(max_entries=32, show_spinner="Comparing all photos with this one …")
def _nearest(
    tokens: str, image: int, near: int, items: bytes, _collection: Collection, _items: "np.ndarray | None"
) -> list[int]:
    with SEARCHING.turn():
        return nearest_photos(_collection, image, top=near, items=_items)
