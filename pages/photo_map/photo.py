"""The open photo: what is known of it, and how many photos around it are kept."""

import streamlit as st

from concepts.lexicon.collections import Collection
from concepts.rendering.pictures import Picture
from pages.components import texts
from pages.components.pictures import picture_row
from pages.components.safe_text import paragraph
from pages.photo_map.choice import NEAR
from pages.state.address import PhotoMapView, PhotoQuestion
from pages.state.flags import flags_on
from pages.state.selection import choose, sync_widget

SIZE = 200  # pixels


def show(collection: Collection, view: PhotoMapView) -> None:
    """Shows the photo that is open; how to open one where none is."""
    image = view.image
    if image is None or image >= len(collection):
        paragraph("Open a photo: click it below, or on the map where few are seen.", "cx-note")
        return
    name, flag = collection.names[image], flags_on(collection).get(image)
    parts = [part for part in (collection.labels[image], flag and f"flagged: {flag}") if part]
    st.html(picture_row([Picture.of(collection.thumbnail(image), f"photo {name}", name)], size=SIZE))
    paragraph(" · ".join(parts) or "no class", "cx-note")
    _around(view)
    asked = PhotoQuestion(collection=collection.id, image=image).href("similarity")
    st.html(texts.paragraph(texts.link("Ask with a place of this photo", asked)))
    st.button("Close the photo", key="close_photo", on_click=lambda: choose(image=None, near=None), type="tertiary")


def _around(view: PhotoMapView) -> None:
    wanted = view.near if view.near in NEAR else None
    sync_widget("near", wanted)
    st.selectbox(
        "Photos around it", [None, *NEAR], key="near",
        format_func=lambda n: "all photos" if n is None else f"it and its {n:,} nearest",
        help="All photos that the conditions leave are compared with it, by the mean of their places, as on the map.",
        on_change=lambda: choose(near=st.session_state["near"]),
    )  # fmt: skip
