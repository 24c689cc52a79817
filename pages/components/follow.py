"""Links within a report, followed without loading the page again."""

from collections.abc import Callable

import streamlit as st

from pages.components.scripts import script

KEY = "followed_links"
LONGEST = 100_000  # characters of an address


def follow_links(id: str, tab: str, *, on_follow: Callable[[str], None]) -> None:
    """Calls `on_follow` with the query of a clicked link's address, where it leads to the report with that id.

    tab: the one that is open. Without the script, or with a modifier key, a link opens as any other does.
    """
    script("follow")(data={"id": id, "tab": tab}, key=KEY, on_followed_change=lambda: _hear(on_follow))


def _hear(on_follow: Callable[[str], None]) -> None:
    query = st.session_state.get(KEY, {}).get("followed")
    if isinstance(query, str) and len(query) <= LONGEST:
        on_follow(query)
