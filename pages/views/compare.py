"""Page: comparison of methods, of ways to pool texts, of an ensemble's views, of codes, and of two dictionaries."""

from collections.abc import Callable
from typing import Any, NamedTuple

import streamlit as st

from pages.compare import compression, dictionaries, ensembles, methods, pooling
from pages.components.left_out import tell_left_out
from pages.state.address import CompareView
from pages.state.evaluations import EVALUATIONS
from pages.state.notes import warn_of_trouble
from pages.state.reports import left_out_reports
from pages.state.selection import choose, comparison, sync_widget
from pages.state.stored_results import COMPRESSIONS, ENSEMBLES, POOLINGS, StoredKind


class Part(NamedTuple):
    """A part of the page: its title, what draws it, and the results that it reads."""

    title: str
    show: Callable[[], None]
    kind: StoredKind[Any]


PARTS = {
    "methods": Part("Methods", methods.show, EVALUATIONS),
    "pooling": Part("Pooling of texts", pooling.show, POOLINGS),
    "ensembles": Part("Ensembles of texts", ensembles.show, ENSEMBLES),
    "compression": Part("Fewer bytes", compression.show, COMPRESSIONS),
    "dictionaries": Part("Two dictionaries", dictionaries.show, EVALUATIONS),
}


def _part(chosen: CompareView) -> str:
    """The part of the address, else the one that its other choices are for."""
    if chosen.show in PARTS:
        return chosen.show
    if chosen.first or chosen.second:
        return "dictionaries"
    if chosen.compression:
        return "compression"
    return "pooling" if chosen.pooling else "ensembles" if chosen.ensemble else "methods"


st.title("Compare")
warn_of_trouble()
name = _part(comparison())
part = PARTS[name]
sync_widget("show", name)
st.segmented_control(
    "What to compare",
    list(PARTS), format_func=lambda key: PARTS[key].title, key="show", label_visibility="collapsed", required=True,
    on_change=lambda: choose(show=st.session_state["show"], measure=None),
)  # fmt: skip
part.show()
if name == "dictionaries":
    tell_left_out(left_out_reports(), "report")
tell_left_out(part.kind.listed().left_out, part.kind.noun)
