"""Page: what in this photo, and in all photos, is like that?"""

import streamlit as st

from pages.similarity import page
from pages.state.notes import tell_trouble

st.title("Similarity maps")
tell_trouble()
page.show()
