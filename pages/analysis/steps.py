"""The three steps of a new analysis: the current one is open, the others say in one line what was chosen."""

from collections.abc import Callable
from typing import TypeVar

import streamlit as st

from pages.analysis.item_kind import LABELS, chosen_kind
from pages.components.safe_text import paragraph
from pages.components.texts import step_title
from pages.state.address import step_in
from pages.state.selection import choose

T = TypeVar("T")
MISSING = "not chosen yet"


def titles() -> tuple[str, str, str]:
    """What the steps are called."""
    return ("Model", LABELS[chosen_kind()], "Question and start")


def current() -> int:
    """The step in the address, from 1."""
    return step_in(st.query_params.to_dict(), len(titles()))


def step(
    number: int, show: Callable[[], T | None], said: Callable[[T], str], *, on_next: Callable[[T], None] | None = None
) -> T | None:
    """Shows a step, and returns what was chosen in it.

    Its controls are there when it is folded as well, hidden by the style sheet, so that what was chosen stays. said:
    one line on the choice. on_next: called before the next step opens.
    """
    is_open = current() == number
    head = st.container(key=f"step_head_{number}")
    with st.container(key=f"{'open' if is_open else 'folded'}_step_{number}"):
        chosen = show()
        if is_open and number < len(titles()):
            label = f"Next: {titles()[number].lower()}"
            st.button(
                label, key=f"next_{number}", type="primary", disabled=chosen is None, on_click=_go_on,
                args=(number, chosen, on_next),
            )  # fmt: skip
    with head:
        _show_head(number, "" if is_open else MISSING if chosen is None else said(chosen), after=number > current())
    return chosen


def _show_head(number: int, line: str, *, after: bool) -> None:
    """line: on what was chosen, "" for the open step. after: this step comes after the open one."""
    title = titles()[number - 1]
    if not line:
        st.html(step_title(number, title))
        return
    words, button = st.columns([4, 1], vertical_alignment="center")
    with words:
        st.html(step_title(number, title))
        paragraph(line, "cx-text cx-chosen-line")
    label = f"{'Go to' if after else 'Change'} {title.split()[0].lower()}"
    button.button(label, key=f"to_step_{number}", on_click=choose, kwargs={"step": number}, width="stretch")


def _go_on(number: int, chosen: T, on_next: Callable[[T], None] | None) -> None:
    if on_next is not None:
        on_next(chosen)
    choose(step=number + 1)
