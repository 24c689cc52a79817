"""Names and texts written by others, escaped for where they are shown."""

import re

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages.components import texts

MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>$:~&])")


def plain(text: str) -> str:
    """The text for a Markdown element, with all markup escaped."""
    return MARKDOWN.sub(r"\\\1", " ".join(text.split()))


def shortened(text: str, longest: int = 60) -> str:
    """The text, cut to at most `longest` characters."""
    return text if len(text) <= longest else text[: longest - 1] + "…"


def paragraph(text: str, kind: str = "cx-text") -> None:
    """Shows a text with HTML escaped; `Markup` from a component is not escaped."""
    st.html(texts.paragraph(text, kind=kind))


def wide(key: str) -> DeltaGenerator:
    """A container for content wider than a phone: it scrolls by touch and, from its first line, by arrow keys."""
    container = st.container(key=f"wide_{key}")
    container.html(texts.sideways("Wider than this screen: scroll it sideways."))
    return container


def is_dark() -> bool:
    """True where this browser shows the dark theme."""
    return st.context.theme.type == "dark"
