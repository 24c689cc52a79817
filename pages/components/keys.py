"""Keyboard control of the tour, and the step that the browser stores."""

from collections.abc import Callable

import streamlit as st

from pages.components.scripts import script

KEY = "tour_keys"


def turning_keys(step: int, *, asked: bool, on_step: Callable[[int], None]) -> None:
    """Lets arrow and page keys press the buttons whose keys begin with tour_back, tour_next, tour_leave.

    asked: True where the address names the step; else the browser may return the step it stored, for `on_step`.
    """
    script("keys")(
        data={"step": step, "asked": asked}, key=KEY, default={"step": 0}, on_step_change=lambda: _hear(on_step)
    )


def _hear(on_step: Callable[[int], None]) -> None:
    step = st.session_state.get(KEY, {}).get("step")
    if isinstance(step, int) and step > 0:
        on_step(step)
