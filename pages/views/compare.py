"""Page: comparison of methods, of ways to pool texts, of an ensemble's views, of codes, and of two dictionaries."""

import streamlit as st

from pages.compare import compression, dictionaries, ensembles, methods, pooling
from pages.components.left_out import tell_left_out
from pages.state.address import CompareView
from pages.state.compressions import left_out_compressions
from pages.state.ensembles import left_out_ensembles
from pages.state.evaluations import left_out_evaluations
from pages.state.notes import warn_of_trouble
from pages.state.poolings import left_out_poolings
from pages.state.reports import left_out_reports
from pages.state.selection import choose, comparison, sync_widget

PARTS = {
    "methods": "Methods",
    "pooling": "Pooling of texts",
    "ensembles": "Ensembles of texts",
    "compression": "Fewer bytes",
    "dictionaries": "Two dictionaries",
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
part = _part(comparison())
sync_widget("show", part)
st.segmented_control(
    "What to compare",
    list(PARTS), format_func=PARTS.__getitem__, key="show", label_visibility="collapsed", required=True,
    on_change=lambda: choose(show=st.session_state["show"], measure=None),
)  # fmt: skip
if part == "pooling":
    pooling.show()
    tell_left_out(left_out_poolings(), "comparison of poolings")
elif part == "ensembles":
    ensembles.show()
    tell_left_out(left_out_ensembles(), "explained ensemble")
elif part == "compression":
    compression.show()
    tell_left_out(left_out_compressions(), "comparison of codes")
else:
    if part == "methods":
        methods.show()
    else:
        dictionaries.show()
        tell_left_out(left_out_reports(), "report")
    tell_left_out(left_out_evaluations(), "evaluation")
