"""Our scripts that run in the browser's own page, each a Streamlit component."""

import streamlit as st

from concepts.storage.app_folder import ASSETS
from pages.components import scripted


@st.cache_resource(show_spinner=False)
def script(name: str, html: str = "", *, before: str = ""):
    """The component of assets/NAME.js, to be called with its data and a key.

    before: the name of a script whose functions it uses; Streamlit allows one file for each component.
    """
    content = "\n".join((ASSETS / f"{each}.js").read_text(encoding="utf-8") for each in (before, name) if each)
    return st.components.v2.component(
        f"concepts_{name}", html=html or scripted.nothing(), js=content, isolate_styles=False
    )
