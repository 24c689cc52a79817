"""The choice of one photo of a collection: from a list, and of many photos by a part of the name."""

from collections.abc import Callable, Sequence
from itertools import islice

import streamlit as st

from concepts.lexicon.collections import Collection
from concepts.numerics.counted import counted
from pages.state.selection import sync_widget

NONE = -1  # where no photo may be chosen as well
LISTED = 2_000  # photos in a list: with more, each run of the page sends megabytes to the browser


def photo_name(collection: Collection, image: int) -> str:
    """The photo's path relative to its source, which is unique."""
    return f"{collection.names[image]}"


def choose_among(
    label: str, collection: Collection, image: int, *, key: str, on_choose: Callable[[int], None], none: str = ""
) -> None:
    """Shows the choice of a photo. image: the one chosen now, or NONE. none: what that is called, if it is offered.

    Of more than 2,000 photos those are listed whose names contain what is typed, at most 2,000, and without it those
    around the chosen one.
    """

    def said(i: int) -> str:
        return none if i == NONE else photo_name(collection, i)

    found = _offered(label, collection, image, key) if len(collection) > LISTED else range(len(collection))
    offered = [*([NONE] if none else []), *found]
    sync_widget(key, image, f"{said(image)} of {hash(tuple(offered))}")  # in another list it would be chosen no more
    st.selectbox(
        label, offered, format_func=said, key=key,
        on_change=lambda: _chosen(st.session_state[key], on_choose),
    )  # fmt: skip


def _chosen(found: object, on_choose: Callable[[int], None]) -> None:
    """Takes a choice; one from a list that has changed meanwhile is a name, and none."""
    if isinstance(found, int):
        on_choose(found)


def _offered(label: str, collection: Collection, image: int, key: str) -> Sequence[int]:
    """The photos that are listed, in their order, with the chosen one."""
    n = len(collection)
    typed = st.text_input(
        f"{label}: a part of its name", key=f"{key}_name_{collection.id}", placeholder=f"one of {n:,}",
        help=f"At most {LISTED:,} photos are listed: those with this in their names, or those around the chosen one.",
    ).strip().casefold()  # fmt: skip
    if typed:
        found = list(islice((i for i, name in enumerate(collection.names) if typed in name.casefold()), LISTED + 1))
        st.caption(_said(len(found)))
        return sorted({*found[:LISTED], *([image] if image != NONE else [])})
    first = min(max(0, image - LISTED // 2), n - LISTED)
    return range(first, first + LISTED)


def _said(n_found: int) -> str:
    if n_found > LISTED:
        return f"More than {counted(LISTED, 'photo')} with this in the name: type more of it."
    return (
        f"{counted(n_found, 'photo')} with this in the name: choose below." if n_found else "No photo's name has this."
    )
