"""A link to what is seen: every choice is in the address, only the theme is not; the button adds it."""

import streamlit as st

from pages.ui.scripts import script

THEMES = ("light", "dark")
ICON = "M10 14a4 4 0 0 0 6 .4l3-3a4 4 0 0 0-5.7-5.7l-1.6 1.6M14 10a4 4 0 0 0-6-.4l-3 3a4 4 0 0 0 5.7 5.7l1.6-1.6"
BUTTON = (
    '<div class="cx-copy"><span role="status"></span>'
    '<button type="button" title="Copy a link that brings back what you see now">'
    f'<svg viewBox="0 0 24 24" aria-hidden="true"><path d="{ICON}"/></svg><span>Copy link</span></button></div>'
)


def link_button() -> None:
    """The button beside the menu. A theme in the address is shown once and taken out of it: it is the reader's then."""
    theme = st.query_params.get("theme")
    if theme is not None:
        del st.query_params["theme"]
    script("link", BUTTON)(data={"theme": theme if theme in THEMES else None}, key="link")
