"""Near-duplicates kept with a collection, for the pages: opened once until a file of them changes."""

from dataclasses import dataclass

import streamlit as st

from concepts.lexicon.collections import Collection, duplicates_of
from concepts.lexicon.collections.duplicated import DUPLICATES
from concepts.storage.listing import reason_of
from concepts.token_search.kept_duplicates import ABOUT, FILE, KeptDuplicates
from pages.state.reports import stamp


@dataclass(frozen=True)
class TakenDuplicates:
    """The near-duplicates among all photos of a collection; None where they are not kept. unused: in one line, why
    those that are there are not used. stamp: a value that changes when they are looked for anew."""

    kept: KeptDuplicates | None = None
    unused: str = ""
    stamp: int = 0


def duplicates_for(collection: Collection) -> TakenDuplicates:
    """The near-duplicates that are kept with a collection."""
    folder = collection.folder / DUPLICATES
    stamps = (stamp(folder), *(stamp(folder / name) for name in (ABOUT, FILE)))
    return _taken(str(collection.folder), stamps, collection)


@st.cache_resource(max_entries=8, show_spinner=False)
def _taken(folder: str, stamps: tuple[int, ...], _collection: Collection) -> TakenDuplicates:
    try:
        return TakenDuplicates(duplicates_of(_collection), stamp=stamps[-1])
    except (ValueError, OSError) as error:
        return TakenDuplicates(unused=reason_of(error, _collection.folder))
