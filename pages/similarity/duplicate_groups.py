"""Groups of near-duplicates among photos: those kept with the collection, or found while a visitor waits."""

import shlex
from typing import TYPE_CHECKING

import streamlit as st

from concepts.item_map import Subset
from concepts.lexicon.collections import Collection, tokens_of
from concepts.numerics.counted import counted
from concepts.token_search.kept_duplicates import KeptDuplicates
from concepts.token_search.near_duplicates import MOST, Groups, near_duplicates
from pages.state.computing import SEARCHING
from pages.state.duplicates import duplicates_for
from pages.state.messages import told

if TYPE_CHECKING:
    import numpy as np


class TooManyError(ValueError):
    """More photos are asked than are compared while a visitor waits, and none were compared before."""


def groups_among(collection: Collection, items: "np.ndarray | None") -> Groups:
    """Groups of near-duplicates among photos (n,) bool; None: all. Raises TooManyError where they are too many."""
    taken, n = duplicates_for(collection), len(Subset.of(len(collection), items))
    if taken.kept is None and n > MOST:
        unused = f" (those kept with the collection are not used: {taken.unused})" if taken.unused else ""
        raise TooManyError(
            f"{counted(n, 'photo')} are asked, and at most {MOST:,} are compared with each other while you wait"
            f"{unused}: choose fewer by conditions, or compare all photos of the collection once, on the command line."
        )
    key = (collection.tokens, taken.stamp, b"" if items is None else items.tobytes())
    return _groups(key, collection, items, taken.kept)


@st.cache_data(max_entries=16, show_spinner="Comparing photos with each other …")
def _groups(
    key: tuple[str, int, bytes], _collection: Collection, _items: "np.ndarray | None", _kept: KeptDuplicates | None
) -> Groups:
    if _kept is not None:
        return _kept.among(_items)
    with SEARCHING.turn():
        return near_duplicates(tokens_of(_collection), items=_items)


def whence(collection: Collection) -> str:
    """Sentences that say which photos were compared with each other."""
    taken = duplicates_for(collection)
    if (kept := taken.kept) is not None:
        return (
            f"All {kept.items:,} photos of the collection were compared with each other, on {kept.created[:10]}: "
            "photos of one group can be alike through others that are not asked."
        )
    unused = f" The groups kept with the collection are not used ({taken.unused})." if taken.unused else ""
    return (
        "The collection was not compared as a whole: only the photos that are asked are compared with each other."
        + unused
    )


def tell(error: ValueError, collection: Collection) -> None:
    """Shows why there is no answer; where too many photos are asked, the command that compares them, to be copied."""
    st.warning(told(error))
    if isinstance(error, TooManyError):
        command = f"python -m concepts tokens --collection {shlex.quote(collection.id)} --duplicates"
        st.code(command, language=None, wrap_lines=True)
