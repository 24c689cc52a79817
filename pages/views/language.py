"""Page: a report's concepts as a language, its tokens counted as words are."""

import streamlit as st

from pages.language import statistics
from pages.state.notes import warn_of_trouble

st.title("Language")
warn_of_trouble()
statistics.show()
