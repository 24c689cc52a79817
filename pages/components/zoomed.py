"""What is seen of a chart after the reader has zoomed or moved it."""

from collections.abc import Callable

import streamlit as st

from pages.components.scripts import script


def part_seen(graph: str, *, on_view: Callable[[str], None]) -> None:
    """Hears which part of the chart with that key is seen, as "left_bottom_right_top", once the hand rests."""
    key = f"{graph}_zoomed"
    script("zoomed", before="chart")(data={"graph": graph}, key=key, on_view_change=lambda: _hear(key, on_view))


def _hear(key: str, on_view: Callable[[str], None]) -> None:
    seen = st.session_state.get(key, {}).get("view")
    if isinstance(seen, str):
        on_view(seen)
