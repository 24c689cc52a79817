"""Which part of a page is shown: one at a time, chosen in a row of buttons and kept by the page in the address."""

from collections.abc import Callable, Mapping

import streamlit as st

from pages.state.selection import sync_widget


def choose_part(label: str, parts: Mapping[str, str], part: str, *, key: str, on_choose: Callable[[str], None]) -> str:
    """Shows the choice among parts, by name with their titles; returns `part`, which the address has now.

    label: what is chosen, for who does not see the buttons. on_choose: called with the name of another part.
    """
    sync_widget(key, part)
    st.segmented_control(
        label, list(parts), format_func=parts.__getitem__, key=key, required=True, label_visibility="collapsed",
        on_change=lambda: on_choose(st.session_state[key]),
    )  # fmt: skip
    return part
