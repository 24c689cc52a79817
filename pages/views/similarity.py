"""Page: what in this photo, and in all photos, is like that?"""

import streamlit as st

from pages.similarity import page

st.title("Similarity maps")
page.show()
