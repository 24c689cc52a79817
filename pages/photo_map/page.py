"""The page Photo map: conditions, the map, the open photo, and what is chosen."""

import shlex

import streamlit as st

from concepts.item_map import ItemMap, Subset
from concepts.item_map.sentences import kept_sentence, made_sentence
from concepts.lexicon.collections import MapPoints
from concepts.lexicon.collections.mapped import PHOTOS, PLACES
from concepts.numerics.counted import counted
from concepts.numerics.samples import even_sample
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

SHOWN, SIZE = 24, 104  # points below the map, and the pixels of each
HOW = (
    "Where many {noun}s are seen, the pictures are examples, one of each part of the map, however many {noun}s lie "
    "there. The wheel zooms: what is seen is counted anew, and where few are left, all of them appear. Draw around a "
    "part to choose its {noun}s."
)
ABOUT = {
    PHOTOS: "All photos of a collection on a plane: what the model finds alike as a whole lies close together. The "
    "stronger a tile, the more photos lie in it.",
    PLACES: "All places of all photos of a collection on a plane: parts of photos that the model finds alike lie close "
    "together, whichever photos they are in. The stronger a tile, the more places lie in it.",
}


def show() -> None:
    """Shows the page, or what to do where there are no photos yet."""
    about = st.container()
    collection = choose_collection(collections())
    if collection is None:
        nothing_yet()
        return
    points = choice.choose_points(collection)
    with about:
        paragraph(ABOUT[points.of])
    try:
        mapped = map_for(points)
    except ValueError as error:
        st.error(told(error))
        return
    if mapped is None:
        how = f"So many {points.noun}s are laid out on the command line: "
        command = f"python -m concepts tokens --collection {shlex.quote(collection.id)} --map {points.of}"
        st.html(empty(f"No map of these {points.noun}s yet", how, code(command), "."))
        return
    asked = question()
    with st.expander("Conditions", expanded=bool(asked.only or asked.table_kept or choice.view().repeats)):
        only.choose_only(collection, asked)
        choice.choose_repeats(collection)
    _explore(points, mapped)


@st.fragment
def _explore(points: MapPoints, mapped: ItemMap) -> None:
    """Shows what a click reruns: the map, what is open and what is chosen."""
    rerun_page_if_asked()
    plane.follow()
    try:
        _explored(points, mapped, choice.view())
    except ValueError as error:  # no photo fulfils the conditions, or one cannot be read
        tell(error, points.collection)


def _explored(points: MapPoints, mapped: ItemMap, view: PhotoMapView) -> None:
    kept = choice.conditioned(points, view)
    left, right = st.columns([17, 7], gap="medium")
    with left:
        plane.show(points, mapped, kept, view)
        _ways(view)
        paragraph(f"{HOW.format(noun=points.noun)} {made_sentence(mapped, item=points.noun)}", "cx-note")
        paragraph(kept_sentence(mapped.kept, item=points.noun))
    with right:
        photo.show(points, view)
    _chosen(points, choice.in_region(mapped, kept, view), view)


def _ways(view: PhotoMapView) -> None:
    """Shows the ways back: to the whole map, and to all points."""
    with st.container(horizontal=True):
        if view.sides is not None:
            st.button("The whole map", key="whole", icon=":material/zoom_out_map:", on_click=lambda: choose(part=None))
        if view.area is not None:
            st.button("Forget the region", key="no_area", icon=":material/close:", on_click=lambda: choose(area=None))


def _chosen(points: MapPoints, chosen: Subset, view: PhotoMapView) -> None:
    """Shows some of the chosen points, the list of their files, and their flags."""
    n, collection = len(chosen), points.collection
    photos = Subset(points.photos_with(chosen.items))
    st.html(heading(2, _title(points, n, len(photos)), kind="cx-flat"))
    if n == 0:
        paragraph(f"No {points.noun} fulfils the conditions and lies in the region: take one away.")
        return
    st.html(picture_row([_tile(points, i, view) for i in _shown(points, chosen)], size=SIZE))
    if n > SHOWN:
        which = "The first" if points.of == PHOTOS else "Spread evenly over them,"
        paragraph(f"{which} {SHOWN} of {n:,}.", "cx-note")
    offer_list(collection, photos)
    flagging.show(collection, photos)


def _shown(points: MapPoints, chosen: Subset) -> list[int]:
    """The points that are shown: the first photos; places all over the list, since the first are of one photo."""
    if points.of == PHOTOS:
        return chosen.numbers[:SHOWN].tolist()
    return chosen.numbers[even_sample(len(chosen), SHOWN)].tolist()


def _tile(points: MapPoints, point: int, view: PhotoMapView) -> Picture:
    href = view.href(**choice.address_of(points, point))
    return Picture.of(points.picture(point), f"{points.noun} {points.name(point)}", "", href)


def _title(points: MapPoints, n: int, photos: int) -> str:
    """The heading of the chosen points."""
    said = counted(n, points.noun)
    if points.of == PLACES:
        said += f" of {counted(photos, 'photo')}"
    return f"{said} chosen" if n < len(points) else f"All {said}"
