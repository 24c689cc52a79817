"""Page: a report's concepts as a language, its tokens counted as words are."""

import streamlit as st

from pages.language import statistics
from pages.state.notes import tell_trouble

st.title("Language")
tell_trouble()
statistics.show()
