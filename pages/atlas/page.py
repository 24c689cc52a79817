"""The page Atlas: the plane, the card of a concept, the list."""

import streamlit as st
from markupsafe import Markup

from concepts.atlas import Space
from concepts.atlas.reading import AtlasReport
from concepts.numerics.counted import counted
from concepts.report.names import joined_names
from concepts.report.rendering.sentences import model_name
from concepts.report.verdict import LEANS
from pages.atlas import card, listing, plane
from pages.atlas.choice import choose_classes, choose_space, href_of, view
from pages.atlas.spaces import Atlas, all_spaces, open_atlas
from pages.components import texts
from pages.components.left_out import tell_left_out
from pages.components.report import title
from pages.components.safe_text import paragraph
from pages.state.reports import left_out_reports
from pages.state.selection import rerun_page_if_asked

WHAT = "All concepts of all reports on one model and layer: what lies close together is alike to the model."
HOW = "Click a concept to open it; the wheel zooms; draw around concepts to choose them."


def show() -> None:
    """Shows the page."""
    head = st.container()
    spaces, left_out = all_spaces()
    if not spaces:
        head.title("Atlas")
        st.html(texts.empty("There is no report yet.", "The first analysis makes one, and its concepts appear here."))
        st.page_link("pages/views/analysis.py", label="New analysis", icon=":material/add_circle:")
        tell_left_out((*left_out_reports(), *left_out), "report")
        return
    about = st.container()
    left, right = st.columns(2)
    with left:
        space = choose_space(spaces)
    head.html(title("Atlas", what(space)))
    with about:
        paragraph(WHAT)
    atlas = open_atlas(space)
    with right:
        choose_classes(atlas)
    explore(atlas)
    plane.show_pictures(atlas)
    tell_left_out((*left_out_reports(), *left_out), "report")


def what(space: Space[AtlasReport]) -> str:
    """What the plane holds, in a line."""
    n, reports = counted(len(space.nodes), "concept"), counted(len(space.members), "report")
    return f"{n} of {reports} on {model_name(space.model)}, layer {space.layer}"


@st.fragment
def explore(atlas: Atlas) -> None:
    """Shows findings, plane, card and list; a click reruns only this."""
    rerun_page_if_asked()
    plane.follow()
    if said := findings(atlas):
        st.html(said)
    left, right = st.columns([17, 10], gap="medium")
    with right:
        card.show(atlas)
    with left:
        plane.show(atlas)
        paragraph(HOW, "cx-note")
    listing.show(atlas)


def findings(atlas: Atlas) -> Markup:
    """What the verdicts of these reports name, each with a link to its concept; empty where nothing."""
    found: dict[int, list[int]] = {}
    for row, kind in atlas.placed.named.items():
        if kind == LEANS:
            found.setdefault(atlas.owner(row), []).append(row)
    if not found:
        return Markup("")
    parts: list[str] = [f"▲ The model leans on something added in {counted_of(len(found), len(atlas.members))}: "]
    for place, rows in found.items():
        names = joined_names([atlas.name(row) for row in rows])
        parts += ["; " if place != next(iter(found)) else "", f"{atlas.members[place].label}, by "]
        parts.append(texts.link(names, href_of(atlas, rows[0], view())))
    return texts.paragraph(*parts, ".", kind="cx-lead")


def counted_of(n: int, of: int) -> str:
    """Such as "1 of 5 reports"."""
    return f"{n:,} of {counted(of, 'report')}"
