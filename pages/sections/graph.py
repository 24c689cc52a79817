"""The strategic cluster graph, and the photo that is open beside it."""

from collections.abc import Mapping
from typing import Any

import plotly.graph_objects as go
import streamlit as st

from concepts.report.names import Names
from concepts.report.result import ClassReport, ReportData
from concepts.report.words import is_wrong
from pages.figures.graph import graph_figure
from pages.sections import photo
from pages.ui.notes import run_everything_if_renamed
from pages.ui.pointer import photo_at_pointer, ring_at
from pages.ui.reports import key_of, photo_sheet
from pages.ui.selection import choose, run_everything_if_asked, view, widget_follows
from pages.ui.text import is_dark

GRAPH = "cluster_graph"
MOST_OPTIONS = 5_000  # names in the list of photos; the graph opens all of them
HELP = (
    "Each point is a photo; photos near each other are recognised for the same reason, and every group is a strategy. "
    "A disc marks a strategy, centred on its most typical photo: as large as its share of the photos, the dark arc "
    "around it as long as the share that the model gets right. Lines join strategies whose photos are neighbours. "
    "Point at a photo to see it, click to open it."
)


def show(report: ClassReport) -> None:
    """Heading, graph and photo; a click runs only this part of the page again."""
    st.header("By which strategies is it recognised?", anchor="graph")
    st.html(f'<p class="cx-text">{HELP}</p>')
    photo_at_pointer(GRAPH, photo_sheet(key_of(report), report))
    explore(report)


@st.fragment
def explore(report: ClassReport) -> None:
    """The graph, the choice of a photo, its local view."""
    run_everything_if_asked()
    run_everything_if_renamed(key_of(report), report)
    left, right = st.columns([7, 5], gap="large")
    with left:
        _graph(report)
    image = open_image(report.data)
    with right:
        _chooser(report, image)
        photo.show(report, image)
    x, y = report.array("embedding")[image]
    ring_at(GRAPH, float(x), float(y))
    photo.evidence(report, image)


def _graph(report: ClassReport) -> None:
    data = report.data
    event = st.plotly_chart(
        _figure(key_of(report), report.names, is_dark(), report), key=GRAPH, on_select="rerun", selection_mode="points",
        config={"displaylogo": False, "scrollZoom": True, "modeBarButtonsToRemove": ["toImage", "select2d", "lasso2d"]},
        alt=f"Strategic cluster graph: {len(data.images)} photos in {len(data.strategies)} strategies. "
        "The list of photos beside it and the table of strategies below hold the same.",
    )  # fmt: skip
    image = newly_clicked(event)
    if image is not None and 0 <= image < len(data.images):
        hidden = image not in listed(data)
        choose(image=image, **({"strategy": None, "wrong": None} if hidden else {}))


@st.cache_resource(max_entries=16, show_spinner="Drawing the graph …")
def _figure(key: tuple[str, int], names: Names, dark: bool, _report: ClassReport) -> go.Figure:
    return graph_figure(_report, dark=dark)


def newly_clicked(event: Mapping[str, Any]) -> int | None:
    """The image of a click since the last run; a second click on a point, which Plotly calls none, is a click too."""
    points = event["selection"]["points"]
    now, before = (points[0]["customdata"][0] if points else None), st.session_state.get("clicked")
    st.session_state["clicked"] = now
    return None if now == before else before if now is None else int(now)


def listed(data: ReportData) -> list[int]:
    """The images that the list offers: of the chosen strategy, or the wrong ones."""
    chosen = view()
    return [
        i
        for i, row in enumerate(data.images)
        if chosen.strategy in (None, row.strategy) and (not chosen.wrong or is_wrong(row))
    ]


def open_image(data: ReportData) -> int:
    """The photo in the address; else the most typical one of the chosen or of the largest strategy."""
    chosen = view()
    if chosen.image is not None and 0 <= chosen.image < len(data.images):
        return chosen.image
    rows = [row for row in data.strategies if chosen.strategy in (None, row.label)]
    largest = max(rows, key=lambda row: row.n, default=None)
    return largest.medoid if largest else next(iter(listed(data)), 0)


def _chooser(report: ClassReport, image: int) -> None:
    """The same by keyboard: which photos, which of them, the one before, the next."""
    data = report.data
    if view().image not in (None, image):
        st.warning(f"This report has no photo {view().image}: it holds photos 0 to {len(data.images) - 1}.")
    _filter(data, report.names)
    images = listed(data)
    if not images:
        st.info("No photo is like that: choose other photos above.")
        return
    options = images[:MOST_OPTIONS] if image in images[:MOST_OPTIONS] else [image, *images[:MOST_OPTIONS]]
    widget_follows("photo", image)
    st.selectbox("Photo (type to search)", options, format_func=lambda i: _name(data, i), key="photo", on_change=_photo)
    back, on, count = st.columns([3, 2, 2], vertical_alignment="center")
    place = options.index(image)
    back.button(
        "Previous",
        icon=":material/chevron_left:",
        on_click=choose,
        kwargs={"image": options[place - 1]},
        width="stretch",
    )
    next_one = options[(place + 1) % len(options)]
    on.button("Next", icon=":material/chevron_right:", on_click=choose, kwargs={"image": next_one}, width="stretch")
    count.html(f'<p class="cx-note">{place + 1:,} of {len(images):,}</p>')


def _name(data: ReportData, image: int) -> str:
    row = data.images[image]
    return f"{'✗ ' if is_wrong(row) else ''}{row.name}"


def _photo() -> None:
    choose(image=st.session_state["photo"])


def _filter(data: ReportData, names: Names) -> None:
    labels = sorted({row.strategy for row in data.images}, key=lambda label: (label < 0, label))
    which = (view().strategy, view().wrong)
    widget_follows("which", which, _which_name(which, names))
    wrong = [(None, 1)] if any(map(is_wrong, data.images)) else []
    options: list[tuple] = [(None, None), *wrong, *((label, None) for label in labels)]
    if which not in options:
        options.append(which)
    st.selectbox(
        "Which photos", options, format_func=lambda which: _which_name(which, names), key="which", on_change=_which,
        args=(data,),
    )  # fmt: skip


def _which_name(which: tuple[int | None, int | None], names: Names) -> str:
    strategy, wrong = which
    if strategy is None:
        return "Wrong answers" if wrong else "All photos"
    name = "Outliers" if strategy < 0 else names.strategy(strategy)
    return f"{name}, wrong answers" if wrong else name


def _which(data: ReportData) -> None:
    strategy, wrong = st.session_state["which"]
    choose(strategy=strategy, wrong=wrong, image=None)
    images = listed(data)
    if images and open_image(data) not in images:
        choose(image=images[0])
