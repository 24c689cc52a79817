"""Page: places in this photo, and in all photos, that are similar to a query."""

import streamlit as st

from pages.similarity import page
from pages.state.notes import warn_of_trouble

st.title("Similarity maps")
warn_of_trouble()
page.show()
