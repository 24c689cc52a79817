"""Page: all photos of a collection on a map, and the ways to choose some of them."""

import streamlit as st

from pages.photo_map import page
from pages.state.notes import warn_of_trouble

st.title("Photo map")
warn_of_trouble()
page.show()
