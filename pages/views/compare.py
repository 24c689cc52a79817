"""Page: comparison of methods, and of the concepts of two dictionaries."""

import streamlit as st

from pages.compare import dictionaries, methods
from pages.components.left_out import tell_left_out
from pages.state.evaluations import left_out_evaluations
from pages.state.notes import warn_of_trouble
from pages.state.reports import left_out_reports
from pages.state.selection import choose, comparison, sync_widget

PARTS = {"methods": "Methods", "dictionaries": "Two dictionaries"}

st.title("Compare")
warn_of_trouble()
chosen = comparison()
part = chosen.show if chosen.show in PARTS else "dictionaries" if chosen.first or chosen.second else "methods"
sync_widget("show", part)
st.segmented_control(
    "What to compare",
    list(PARTS), format_func=PARTS.__getitem__, key="show", label_visibility="collapsed", required=True,
    on_change=lambda: choose(show=st.session_state["show"]),
)  # fmt: skip
if part == "methods":
    methods.show()
else:
    dictionaries.show()
    tell_left_out(left_out_reports(), "report")
tell_left_out(left_out_evaluations(), "evaluation")
