"""Flags that people gave to photos: read anew at every run, so that all visitors see the same."""

import streamlit as st

from concepts import service
from concepts.annotations import PHOTO
from concepts.lexicon.collections import Collection, FlaggedPhotos
from pages.state.notes import note_store
from pages.state.reports import stamp
from pages.state.visitor import identity, person
from pages.state.workplace import workplace


def flags_on(collection: Collection) -> dict[int, str]:
    """Row → flag of the flagged photos; empty where notes cannot be read."""
    try:
        return _photos(collection).flags(note_store().current_names(PHOTO))
    except ValueError:
        return {}


def flag_photos(collection: Collection, photos: list[int], flag: str, author: str) -> None:
    """Flags these photos (rows); an empty flag takes theirs away. Raises ValueError where that cannot be written.

    author: who says so, where there is no login. Raises NotAllowed where the visitor may not.
    """
    notes = _photos(collection).notes(photos, flag, identity() or author)
    service.write_notes(workplace(), person(), note_store(), notes)


def _photos(collection: Collection) -> FlaggedPhotos:
    return _kept(str(collection.folder), stamp(collection.folder), collection)


@st.cache_resource(max_entries=16, show_spinner=False)
def _kept(folder: str, stamp: int, _collection: Collection) -> FlaggedPhotos:
    return FlaggedPhotos(_collection)
