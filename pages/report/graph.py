"""The strategic cluster graph, the photo that was clicked beside it, and the chosen photos below it."""

from typing import TYPE_CHECKING

import streamlit as st

from concepts.report.class_report import ClassReport
from concepts.report.names import Names
from concepts.report.rendering.help_texts import graph_help
from pages.components.charts import TOOLS, draw_once
from pages.components.pointer import corners_only, fluid, has_webgl, photo_at_pointer, ring_at, text_at_pointer
from pages.components.safe_text import is_dark, paragraph
from pages.figures.graph import graph_figure, pixel_ratio_for
from pages.figures.hover import HoverLine, hover_lines
from pages.report import colouring, photo, photo_search, selected_photos
from pages.state.notes import rerun_page_if_renamed
from pages.state.regions import drawn
from pages.state.reports import photo_sheet, report_key
from pages.state.selection import choose_in_report, rerun_page_if_asked, rerun_rest, rerun_rest_if_asked, view

if TYPE_CHECKING:
    from streamlit.typing import PlotlyState

GRAPH = "cluster_graph"
HOW = "Point at a {noun} to see it, click to open it. Draw a box around {noun}s: every tab then shows those {noun}s."


def show(report: ClassReport) -> None:
    """Shows heading, graph and photo; a click reruns only this part of the page."""
    st.header("By which strategies is it recognised?", anchor="graph")
    with st.container(horizontal=True, vertical_alignment="center"):
        paragraph(HOW.format(noun=report.data.noun))
        with st.popover("How to read it", icon=":material/help:"):
            paragraph(graph_help(report.data.noun))
    key = report_key(report)
    lines = _lines(key, report.names, report)
    if report.data.kind == "texts":
        text_at_pointer(GRAPH, lines)
    else:
        photo_at_pointer(GRAPH, photo_sheet(key, report), lines)
    corners_only(GRAPH, points=True)
    fluid(GRAPH)
    explore(report)


@st.fragment
def explore(report: ClassReport) -> None:
    """Shows the graph, the open photo, the summary of the chosen ones."""
    rerun_page_if_asked()
    rerun_page_if_renamed(report_key(report), report)
    _follow(report, selected())
    image = photo_search.open_image(report)
    left, right = st.columns([8, 4], gap="large")
    selected_photos.show(report)  # before the graph is redrawn: whoever draws a box waits for this
    with right:
        colouring.show(report)
        photo.card(report, image)
    with left:
        _graph(report)
    x, y = report.array("embedding")[image]
    ring_at(GRAPH, float(x), float(y))
    rerun_rest_if_asked()


def selected() -> "PlotlyState | None":
    """The selection on the graph as last sent by the browser; None before the graph was drawn."""
    return st.session_state.get(GRAPH)


def _follow(report: ClassReport, event: "PlotlyState | None") -> None:
    """Writes what was done on the graph since the last run into the address: a box, a lasso, or a click on a photo."""
    if event is None:
        return
    area = newly_drawn(event)
    if area is not None:
        choose_in_report(area=area, image=None, concept=None)
        rerun_rest()
    image = newly_clicked(event)
    if image is not None and 0 <= image < len(report.data.items):
        hidden = image not in photo_search.chosen_images(report)
        choose_in_report(image=image, **(photo_search.NOTHING if hidden else {}))


def _graph(report: ClassReport) -> None:
    data, among = report.data, photo_search.chosen_images(report) if view().wanted.anything else None
    colours = colouring.colours(report, view().colour)
    st.plotly_chart(
        draw_once(graph_figure, report, dark=is_dark(), colours=colours, chosen=among, webgl=has_webgl(GRAPH)),
        key=GRAPH, on_select="rerun", selection_mode=("points", "box", "lasso"),
        config=TOOLS | {"plotGlPixelRatio": pixel_ratio_for(report.array("embedding"))},
        alt=f"Strategic cluster graph: {len(data.items)} {data.noun}s in {len(data.strategies)} strategies. "
        f"The tab {data.noun.capitalize()}s and the strategies below hold the same.",
    )  # fmt: skip


@st.cache_resource(max_entries=16, show_spinner=False)
def _lines(key: tuple[str, int], names: Names, _report: ClassReport) -> tuple[HoverLine, ...]:
    return hover_lines(_report.data, _report.array("phi"), names)


def newly_clicked(event: "PlotlyState") -> int | None:
    """The image clicked since the last run. A second click on a point counts, although Plotly sends no point for it."""
    points, is_drawn = event["selection"]["points"], drawn(event) is not None
    one = len(points) == 1 and not is_drawn
    now, before = (points[0]["customdata"][0] if one else None), st.session_state.get("clicked")
    st.session_state["clicked"] = now
    return None if now == before or is_drawn else before if now is None else int(now)


def newly_drawn(event: "PlotlyState") -> str | None:
    """The corners of a box or lasso drawn since the last run."""
    now, before = drawn(event), st.session_state.get("drawn")
    st.session_state["drawn"] = now
    return now if now != before else None
