"""The entries of the record that an admin asks for, as rows of a table and as a file."""

from collections.abc import Callable, Sequence
from functools import partial

import streamlit as st

from concepts import service
from concepts.record import Entry
from pages.state.visitor import Visitor, person_of, visitor
from pages.state.workplace import workplace

SHOWN = 200
ALL = "all"


def choose_entries(entries: Sequence[Entry]) -> list[Entry]:
    """Shows the choice of a person and an act; returns the entries that fit, in their order."""
    left, right = st.columns(2)
    with left:
        who = _choice("Who", "record_who", [entry.who for entry in entries])
    with right:
        what = _choice("What", "record_what", [entry.what for entry in entries])
    return [entry for entry in entries if who in (ALL, entry.who) and what in (ALL, entry.what)]


def rows_of(entries: Sequence[Entry]) -> list[tuple[str, ...]]:
    """When (to the second), who, what, of, result."""
    return [(entry.when[:19].replace("T", " "), entry.who, entry.what, entry.of, entry.result) for entry in entries]


def file_of(entries: Sequence[Entry]) -> Callable[[], str]:
    """What makes the CSV of these when its button is pressed, for whoever may read the record then.

    Streamlit makes it apart from any visit: the visitor is that of the run that offers it.
    """
    return partial(_made, visitor(), entries)


def _made(found: Visitor, entries: Sequence[Entry]) -> str:
    return service.take_record(workplace(), person_of(found.session), entries)


def _choice(label: str, key: str, values: Sequence[str]) -> str:
    return str(st.selectbox(label, [ALL, *sorted(set(values))], key=key, bind="query-params"))
