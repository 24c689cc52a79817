"""Page: what in this photo, and in all photos, is like that?"""

import streamlit as st

from pages.similarity import page
from pages.state.notes import warn_of_trouble

st.title("Similarity maps")
warn_of_trouble()
page.show()
