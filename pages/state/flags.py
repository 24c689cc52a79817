"""Flags that people gave to photos: read anew at every run, so that all visitors see the same."""

import streamlit as st

from concepts import service
from concepts.lexicon.collections import Collection, flag_notes, flags_of, photos_subject
from pages.state.notes import note_store
from pages.state.reports import stamp
from pages.state.visitor import identity, person
from pages.state.workplace import workplace


def flags_on(collection: Collection) -> dict[int, str]:
    """Row → flag of the flagged photos; empty where notes cannot be read."""
    try:
        return flags_of(note_store().current(_subject(collection)), len(collection))
    except ValueError:
        return {}


def flag_photos(collection: Collection, photos: list[int], flag: str, author: str) -> None:
    """Flags these photos (rows); an empty flag takes theirs away. Raises ValueError where that cannot be written.

    author: who says so, where there is no login. Raises NotAllowed where the visitor may not.
    """
    notes = flag_notes(_subject(collection), photos, flag, identity() or author)
    service.write_notes(workplace(), person(), note_store(), notes)


def _subject(collection: Collection) -> str:
    return _kept_subject(str(collection.folder), stamp(collection.folder), collection)


@st.cache_data(max_entries=64, show_spinner=False)
def _kept_subject(folder: str, stamp: int, _collection: Collection) -> str:
    return photos_subject(_collection)
