"""A button that copies a link to the current view: all choices are in the address; the button adds the theme."""

import streamlit as st

from pages.components.scripted import copy_button
from pages.components.scripts import script

THEMES = ("light", "dark")


def link_button() -> None:
    """The button beside the menu. A theme in the address is applied once and removed, so the reader can change it."""
    theme = st.query_params.get("theme")
    if theme is not None:
        del st.query_params["theme"]
    script("link", copy_button())(data={"theme": theme if theme in THEMES else None}, key="link")
