"""Tab: the chosen photos as a grid, the open one beside them, and why the model answers as it does."""

from dataclasses import replace

import streamlit as st

from concepts.numerics.counted import counted
from concepts.rendering.excerpts import Tile
from concepts.report.class_report import ClassReport
from concepts.report.rendering.sentences import answer
from pages.components import texts
from pages.components.once import html_once
from pages.components.pictures import picture_row
from pages.report import local_text, photo, photo_search
from pages.state.address import ReportView
from pages.state.notes import rerun_page_if_renamed
from pages.state.report_pictures import item_tile
from pages.state.reports import report_key
from pages.state.selection import rerun_page_if_asked, rerun_rest_if_asked, view

N_PHOTOS, N_TEXTS, SIZE = 24, 10, 104  # in view at once; pixels of a photo


@st.fragment
def show(report: ClassReport) -> None:
    """Shows the filter, the grid, the open photo, its concepts."""
    rerun_page_if_asked()
    rerun_page_if_renamed(report_key(report), report)
    image = photo_search.open_image(report)
    photo_search.chooser(report, image)
    left, right = st.columns([7, 5], gap="large")
    with left:
        _grid(report)
    with right:
        (local_text.show if report.data.kind == "texts" else photo.show)(report, image)
    photo.evidence(report, image)
    rerun_rest_if_asked()


def _grid(report: ClassReport) -> None:
    images = photo_search.chosen_images(report)
    n = N_PHOTOS if report.data.kind == "images" else N_TEXTS
    n_pages = max(1, -(-len(images) // n))
    if st.session_state.get("photos_page", 1) > n_pages:
        st.session_state["photos_page"] = 1
    place = st.container(key="photo_grid")
    page = st.pagination(n_pages, key="photos_page") if n_pages > 1 else 1
    shown, at = images[(page - 1) * n : page * n], view()
    place.html(
        texts.paragraph(f"{len(images):,} of {counted(len(report.data.items), report.data.noun)}", kind="cx-note")
    )
    place.html(html_once(picture_row, [_tile(report, i, at) for i in shown], size=SIZE))


def _tile(report: ClassReport, item: int, at: ReportView) -> Tile:
    """A photo, or the beginning of a text with its name and the model's answer."""
    tile = item_tile(report, item, at)
    if report.data.kind == "images":
        return tile
    row = report.data.items[item]
    return replace(tile, caption=f"{row.name} · {answer(row)}", badge="")
