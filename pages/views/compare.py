"""Page: comparison of methods, and of the concepts of two dictionaries."""

import streamlit as st

from pages.compare import dictionaries, methods
from pages.state.notes import warn_of_trouble
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
