"""The first screen's pictures and sentences, read once."""

from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from concepts.demo.catch import Catch, read_catch, read_picture
from concepts.demo.texts.catch import TextCatch, read_text_catch
from pages.state.server_settings import server_settings


@dataclass(frozen=True)
class StampedPictures:
    """What was counted, and the shown pictures as WebP, with the stamp and without it."""

    catch: Catch
    stamped: tuple[bytes, ...]
    clean: tuple[bytes, ...]


def stamped_pictures() -> StampedPictures | None:
    """The demo's pictures; None where they are missing or damaged."""
    return _stored(server_settings().demo)


def planted_sentences() -> TextCatch | None:
    """The demo's sentences with the planted phrase; None where they are missing or damaged."""
    return _sentences(server_settings().demo)


@st.cache_resource(max_entries=2, show_spinner=False)
def _stored(demo: Path) -> StampedPictures | None:
    try:
        catch = read_catch(demo)
        stamped, clean = (
            tuple(read_picture(row, stamped=stamped, folder=demo) for row in catch.shown) for stamped in (True, False)
        )
    except (ValueError, OSError):
        return None
    return StampedPictures(catch, stamped, clean)


@st.cache_resource(max_entries=2, show_spinner=False)
def _sentences(demo: Path) -> TextCatch | None:
    try:
        return read_text_catch(demo)
    except (ValueError, OSError):
        return None
