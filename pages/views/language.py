"""Page: a report's concepts as a language, its tokens counted as words are."""

import streamlit as st

from pages.sections import language
from pages.ui.notes import tell_trouble

st.title("Language")
tell_trouble()
language.show()
