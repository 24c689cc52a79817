"""The page Photo map: conditions, the map, the open photo, and what is chosen."""

import shlex

import streamlit as st

from concepts.item_map import ItemMap, Subset
from concepts.item_map.sentences import kept_sentence, made_sentence
from concepts.lexicon.collections import Collection
from concepts.numerics.counted import counted
from concepts.rendering.pictures import Picture
from pages.components.pictures import picture_row
from pages.components.safe_text import paragraph
from pages.components.texts import code, empty, heading
from pages.photo_map import choice, flagging, photo, plane
from pages.similarity import only
from pages.similarity.controls import choose_collection, question
from pages.similarity.duplicate_groups import tell
from pages.similarity.duplicates import offer_list
from pages.similarity.page import nothing_yet
from pages.state.address import PhotoMapView
from pages.state.collections import collections, map_for
from pages.state.messages import told
from pages.state.selection import choose, rerun_page_if_asked

SHOWN, SIZE = 24, 104  # photos below the map, and their pixels
HOW = (
    "The wheel zooms; what is seen is then counted anew, and where few photos are seen they appear. Draw around a part "
    "to choose its photos."
)


def show() -> None:
    """Shows the page, or what to do where there are no photos yet."""
    paragraph(
        "All photos of a collection on a plane: what the model finds alike as a whole lies close together. The "
        "stronger a tile, the more photos lie in it."
    )
    collection = choose_collection(collections())
    if collection is None:
        nothing_yet()
        return
    try:
        mapped = map_for(collection)
    except ValueError as error:
        st.error(told(error))
        return
    if mapped is None:
        how = "So many photos are laid out on the command line: "
        command = f"python -m concepts tokens --collection {shlex.quote(collection.id)} --map"
        st.html(empty("No map of these photos yet", how, code(command), "."))
        return
    asked = question()
    with st.expander("Conditions", expanded=bool(asked.only or asked.table_kept or choice.view().repeats)):
        only.choose_only(collection, asked)
        choice.choose_repeats(collection)
    _explore(collection, mapped)


@st.fragment
def _explore(collection: Collection, mapped: ItemMap) -> None:
    """Shows what a click reruns: the map, the open photo and what is chosen."""
    rerun_page_if_asked()
    plane.follow()
    try:
        _explored(collection, mapped, choice.view())
    except ValueError as error:  # no photo fulfils the conditions, or one cannot be read
        tell(error, collection)


def _explored(collection: Collection, mapped: ItemMap, view: PhotoMapView) -> None:
    kept = choice.conditioned(collection, view)
    left, right = st.columns([17, 7], gap="medium")
    with left:
        plane.show(collection, mapped, kept, view)
        _ways(view)
        paragraph(f"{HOW} {made_sentence(mapped)}", "cx-note")
        paragraph(kept_sentence(mapped.kept))
    with right:
        photo.show(collection, view)
    _chosen(collection, choice.in_region(mapped, kept, view), view)


def _ways(view: PhotoMapView) -> None:
    """Shows the ways back: to the whole map, and to all photos."""
    with st.container(horizontal=True):
        if view.sides is not None:
            st.button("The whole map", key="whole", icon=":material/zoom_out_map:", on_click=lambda: choose(part=None))
        if view.area is not None:
            st.button("Forget the region", key="no_area", icon=":material/close:", on_click=lambda: choose(area=None))


def _chosen(collection: Collection, chosen: Subset, view: PhotoMapView) -> None:
    """Shows the first of the chosen photos, their list of files, and their flags."""
    n = len(chosen)
    st.html(heading(2, _title(n, len(collection)), kind="cx-flat"))
    if n == 0:
        paragraph("No photo fulfils the conditions and lies in the region: take one away.")
        return
    rows = chosen.numbers[:SHOWN].tolist()
    tiles = [Picture.of(collection.thumbnail(i), f"photo {collection.names[i]}", "", view.href(image=i)) for i in rows]
    st.html(picture_row(tiles, size=SIZE))
    if n > SHOWN:
        paragraph(f"The first {SHOWN} of {n:,}.", "cx-note")
    offer_list(collection, chosen)
    flagging.show(collection, chosen)


def _title(n: int, n_all: int) -> str:
    """The heading of the chosen photos."""
    return f"{counted(n, 'photo')} chosen" if n < n_all else f"All {counted(n, 'photo')}"
