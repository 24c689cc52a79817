"""Page: a report's concepts as a language, its tokens counted as words are."""

import streamlit as st

from pages.sections import language

st.title("Language")
language.show()
