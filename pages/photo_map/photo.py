"""The open photo, or place: what is known of it, and how many points around it are kept."""

from dataclasses import replace

import streamlit as st

from concepts.lexicon.collections import MapPoints
from concepts.lexicon.collections.mapped import PLACES
from concepts.rendering.pictures import Picture
from pages.components import texts
from pages.components.pictures import picture_row
from pages.components.safe_text import paragraph
from pages.photo_map.choice import NEAR, open_point
from pages.state.address import PhotoMapView, PhotoQuestion
from pages.state.flags import flags_on
from pages.state.selection import choose, sync_widget

SIZE = 200  # pixels


def show(points: MapPoints, view: PhotoMapView) -> None:
    """Shows the photo that is open, its place lit on a map of places; how to open one where none is."""
    point, collection, noun = open_point(points, view), points.collection, points.noun
    if point is None:
        paragraph(f"Open a {noun}: click a picture, on the map or below.", "cx-note")
        return
    image, name = points.photo(point), points.name(point)
    parts = [part for part in (collection.labels[image], _flag(points, image)) if part]
    st.html(picture_row([Picture.of(points.whole(point), f"photo {name}", name)], size=SIZE))
    paragraph(" · ".join(parts) or "no class", "cx-note")
    _around(noun, view)
    st.html(texts.paragraph(_ask(points, point)))
    st.button(
        f"Close the {noun}", key="close_photo", on_click=lambda: choose(image=None, place=None, near=None),
        type="tertiary",
    )  # fmt: skip


def _flag(points: MapPoints, image: int) -> str:
    flag = flags_on(points.collection).get(image)
    return f"flagged: {flag}" if flag else ""


def _ask(points: MapPoints, point: int) -> texts.Markup:
    """A link to Similarity, which finds the most similar places in other photos."""
    asked = PhotoQuestion(collection=points.collection.id, image=points.photo(point))
    if points.of != PLACES:
        return texts.link("Ask with a place of this photo", asked.href("similarity"))
    asked = replace(asked, ask="place", places=str(point % points.per))
    return texts.link("Ask with this place", asked.href("similarity"))


def _around(noun: str, view: PhotoMapView) -> None:
    wanted = view.near if view.near in NEAR else None
    sync_widget("near", wanted, label=noun)
    like = "by the mean of their places" if noun == "photo" else "by the token there, less what is common to all"
    st.selectbox(
        f"{noun.capitalize()}s around it", [None, *NEAR], key="near",
        format_func=lambda n: f"all {noun}s" if n is None else f"it and its {n:,} nearest",
        help=f"All {noun}s of the photos that the conditions leave are compared with it, {like}, as on the map.",
        on_change=lambda: choose(near=st.session_state["near"]),
    )  # fmt: skip
