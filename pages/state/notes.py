"""What people wrote about concepts and strategies, for the pages: read anew at every run, so that all see the same."""

from collections.abc import Mapping

import streamlit as st

from concepts.annotations import Note, NoteStore, current_names, note_subjects
from concepts.report import ClassReport
from concepts.report.names import NUMBERS, Names
from pages.components.safe_text import paragraph
from pages.state.server_settings import server_settings

Key = tuple[str, int]  # what a report on disk is known by


def note_store() -> NoteStore:
    """The operator's database. Raises ValueError when its URL is none."""
    return _notebook(server_settings().notes)


@st.cache_resource(max_entries=4, show_spinner=False)
def _notebook(url: str) -> NoteStore:
    return NoteStore(url)


@st.cache_data(max_entries=256, show_spinner=False)
def subjects(key: Key, _report: ClassReport) -> tuple[str, str]:
    """What notes on its concepts, and on its strategies, belong to. Raises ValueError when it has no components."""
    return note_subjects(_report)


def notes_on(key: Key, report: ClassReport) -> Mapping[tuple[str, int], Note]:
    """(kind, index) → what is written of it now; empty where nothing can be read (`warn_of_trouble` says so)."""
    try:
        return note_store().current(*subjects(key, report))
    except ValueError:
        return {}


def names_on(key: Key, report: ClassReport) -> Names:
    """The names among them."""
    found = notes_on(key, report)
    return current_names(found.values()) if found else NUMBERS


def rerun_page_if_renamed(key: Key, report: ClassReport) -> None:
    """Call it first in a fragment: what somebody else has named since must show on the whole page."""
    if names_on(key, report) != report.names:
        st.rerun()


def history_of(key: Key, report: ClassReport) -> list[Note]:
    """All that was ever written of it, the latest first; empty where nothing can be read."""
    try:
        return note_store().all(*subjects(key, report))
    except ValueError:
        return []


def warn_of_trouble() -> None:
    """One line where names cannot be read; everything else is shown without them."""
    try:
        note_store().current()
    except ValueError as error:
        paragraph(f"Without the names that people gave, and none can be given now: {error}", "cx-note")
