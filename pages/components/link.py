"""A link to what is seen: every choice is in the address, only the theme is not; the button adds it."""

import streamlit as st

from pages.components.scripted import copy_button
from pages.components.scripts import script

THEMES = ("light", "dark")


def link_button() -> None:
    """The button beside the menu. A theme in the address is shown once and taken out of it: it is the reader's then."""
    theme = st.query_params.get("theme")
    if theme is not None:
        del st.query_params["theme"]
    script("link", copy_button())(data={"theme": theme if theme in THEMES else None}, key="link")
