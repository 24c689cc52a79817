"""Names and texts that others wrote, made safe for where they are shown."""

import re

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages.components import texts

MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>$:~&])")


def plain(text: str) -> str:
    """The text for a Markdown element, with nothing in it taken for markup."""
    return MARKDOWN.sub(r"\\\1", " ".join(text.split()))


def shortened(text: str, longest: int = 60) -> str:
    """The text, or its beginning where it is longer than so many characters."""
    return text if len(text) <= longest else text[: longest - 1] + "…"


def paragraph(text: str, kind: str = "cx-text") -> None:
    """Shows a text as it stands; what a component made stays markup."""
    st.html(texts.paragraph(text, kind=kind))


def sentence_of(error: ValueError) -> str:
    """What went wrong, as a sentence for Markdown."""
    text = str(error)
    return plain(text[:1].upper() + text[1:] + ".")


def wide(key: str) -> DeltaGenerator:
    """A container for what a phone cannot hold: it scrolls there, by touch and, from its first line, by arrow keys."""
    container = st.container(key=f"wide_{key}")
    container.html(texts.sideways("Wider than this screen: scroll it sideways."))
    return container


def is_dark() -> bool:
    """Does this browser show the dark theme?"""
    return st.context.theme.type == "dark"
