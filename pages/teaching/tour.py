"""A step of the tour on the page and on a projector; its number is stored in the address."""

import streamlit as st

from pages.components import teaching, texts
from pages.components.charts import draw_once
from pages.components.safe_text import paragraph, wide
from pages.figures.enlarged import enlarged
from pages.state.address import TourView
from pages.state.selection import choose
from pages.teaching.tour_step import Scene

QUIET = {"displayModeBar": False}


def lesson() -> TourView:
    """The state in the address."""
    return TourView.of(st.query_params.to_dict())


def step(n: int) -> int:
    """The step in the address, else the first; clipped to 1 … n."""
    wanted = lesson().step
    wanted = 1 if wanted is None else wanted
    if not 1 <= wanted <= n:
        st.info(f"The tour has {n} steps: this is the nearest to the one in the address.")
    return min(max(wanted, 1), n)


def go(to: int) -> None:
    """Goes to another step."""
    choose(step=to)


def show(scene: Scene, step: int, n: int) -> None:
    """Shows a step within the page's usual layout."""
    left, right = st.columns([5, 1], vertical_alignment="center")
    left.title(scene.headline, anchor=False)
    right.button(
        "Present", icon=":material/slideshow:", key="tour_present", on_click=choose,
        kwargs={"present": 1, "step": step}, width="stretch",
        help="Large letters, one figure, nothing else. Escape leaves it.",
    )  # fmt: skip
    with st.container(key="tour_text"):
        for sentence in scene.sentences:
            paragraph(sentence)
    _figure(scene)
    st.html(teaching.question(scene.question))
    paragraph(texts.link("See the full report", scene.link))
    with st.container(key="tour_bar"):
        _turning(step, n)
    if step == n:
        st.page_link("pages/views/exercises.py", label="Now try it: exercises", icon=":material/quiz:")


def present(scene: Scene, step: int, n: int) -> None:
    """Shows a step for a projector: a headline, large letters beside one large figure, the buttons at the bottom."""
    with st.container(key="present"):
        st.html(teaching.headline(scene.headline))
        text, figure = st.columns([2, 3], gap="medium")
        with text:
            st.html(teaching.said(scene.sentences))
            st.html(teaching.question(scene.question))
        with figure:
            _projected(scene)
        with st.container(key="tour_bar"):
            _turning(step, n, leave=True)


def _figure(scene: Scene) -> None:
    if scene.html is not None:
        st.html(teaching.scene(scene.html))
    if scene.figure is not None:
        with st.container(key="tour_graph") if scene.is_narrow else wide("tour"):
            st.plotly_chart(draw_once(scene.figure), key="tour_figure", config=QUIET, alt=scene.alt)


def _projected(scene: Scene) -> None:
    """Shows the figure as high as the style sheet makes its container, a share of the projector's height."""
    if scene.html is not None:
        st.html(teaching.scene(scene.html))
    if scene.figure is not None:
        with st.container(key="projected"):
            figure = draw_once(enlarged, scene.figure)
            st.plotly_chart(figure, key="tour_figure", config=QUIET, alt=scene.alt, height="stretch")


def _turning(step: int, n: int, *, leave: bool = False) -> None:
    """Shows the buttons back and next, and the step's number; on a projector also the button to leave.

    Each step has its own buttons: a click received twice, because a run was interrupted, leads to the same step.
    """
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.button(
            "Back",
            icon=":material/chevron_left:",
            key=f"tour_back_{step}",
            on_click=go,
            args=(step - 1,),
            disabled=step == 1,
        )
        st.html(teaching.progress(step, n), width="content")
        st.button(
            "Next", icon=":material/chevron_right:", key=f"tour_next_{step}", on_click=go, args=(step + 1,),
            disabled=step == n, type="primary",
        )  # fmt: skip
        if step > 1:
            st.button("Start again", icon=":material/first_page:", key="tour_first", on_click=go, args=(1,))
        if leave:
            st.button(
                "Leave", icon=":material/close:", key="tour_leave", on_click=choose, kwargs={"present": None},
            )  # fmt: skip
