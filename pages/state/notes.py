"""Notes that people wrote on concepts and strategies: read anew at every run, so that all visitors see the same."""

from collections.abc import Mapping

import streamlit as st

from concepts.annotations import Note, NoteStore, current_names, note_subjects
from concepts.report import ClassReport
from concepts.report.names import NUMBERS, Names
from pages.components.safe_text import paragraph
from pages.state.messages import public
from pages.state.server_settings import server_settings

Key = tuple[str, int]  # identifies a version of a report on disk


def note_store() -> NoteStore:
    """The operator's database. Raises ValueError when its URL is not valid."""
    return _notebook(server_settings().notes)


@st.cache_resource(max_entries=4, show_spinner=False)
def _notebook(url: str) -> NoteStore:
    return NoteStore(url)


@st.cache_data(max_entries=256, show_spinner=False)
def subjects(key: Key, _report: ClassReport) -> tuple[str, str]:
    """The subjects of notes on its concepts and on its strategies. Raises ValueError when it has no components."""
    return note_subjects(_report)


def notes_on(key: Key, report: ClassReport) -> Mapping[tuple[str, int], Note]:
    """(kind, index) → its current note; empty where notes cannot be read (`warn_of_trouble` reports it)."""
    try:
        return note_store().current(*subjects(key, report))
    except ValueError:
        return {}


def names_on(key: Key, report: ClassReport) -> Names:
    """The names in the current notes."""
    found = notes_on(key, report)
    return current_names(found.values()) if found else NUMBERS


def rerun_page_if_renamed(key: Key, report: ClassReport) -> None:
    """Reruns the whole page if somebody has named a part since. Call it first in a fragment."""
    if names_on(key, report) != report.names:
        st.rerun()


def history_of(key: Key, report: ClassReport) -> list[Note]:
    """All notes ever written on the report, the latest first; empty where notes cannot be read."""
    try:
        return note_store().all(*subjects(key, report))
    except ValueError:
        return []


def warn_of_trouble() -> None:
    """Shows one line where names cannot be read; everything else is shown without them."""
    try:
        note_store().current()
    except ValueError as error:
        reason = public(str(error), server_settings())
        paragraph(f"Without the names that people gave, and none can be given now: {reason}", "cx-note")
