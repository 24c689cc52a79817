"""Page: statistics of a report's concepts as the tokens of a language."""

import streamlit as st

from pages.language import statistics
from pages.state.notes import warn_of_trouble

st.title("Language")
warn_of_trouble()
statistics.show()
