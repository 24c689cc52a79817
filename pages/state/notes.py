"""What people wrote about concepts and strategies, for the pages: read anew at every run, so that all see the same."""

from collections.abc import Mapping

import streamlit as st

from concepts.annotations import Note, Notebook, names_of, subjects_of
from concepts.report import ClassReport
from concepts.report.names import NUMBERS, Names
from pages.components.safe_text import paragraph
from pages.state.server_settings import operator

Key = tuple[str, int]  # what a report on disk is known by


def notebook() -> Notebook:
    """The operator's database. Raises ValueError when its URL is none."""
    return _notebook(operator().notes)


@st.cache_resource(max_entries=4, show_spinner=False)
def _notebook(url: str) -> Notebook:
    return Notebook(url)


@st.cache_data(max_entries=256, show_spinner=False)
def subjects(key: Key, _report: ClassReport) -> tuple[str, str]:
    """What notes on its concepts, and on its strategies, belong to. Raises ValueError when it has no components."""
    return subjects_of(_report)


def notes_on(key: Key, report: ClassReport) -> Mapping[tuple[str, int], Note]:
    """(kind, index) → what is written of it now; empty where nothing can be read (`tell_trouble` says so)."""
    try:
        return notebook().current(*subjects(key, report))
    except ValueError:
        return {}


def names_on(key: Key, report: ClassReport) -> Names:
    """The names among them."""
    found = notes_on(key, report)
    return names_of(found.values()) if found else NUMBERS


def run_everything_if_renamed(key: Key, report: ClassReport) -> None:
    """Call it first in a fragment: what somebody else has named since must show on the whole page."""
    if names_on(key, report) != report.names:
        st.rerun()


def history_of(key: Key, report: ClassReport) -> list[Note]:
    """All that was ever written of it, the latest first; empty where nothing can be read."""
    try:
        return notebook().all(*subjects(key, report))
    except ValueError:
        return []


def tell_trouble() -> None:
    """One line where names cannot be read; everything else is shown without them."""
    try:
        notebook().current()
    except ValueError as error:
        paragraph(f"Without the names that people gave, and none can be given now: {error}", "cx-note")
