"""Page: all concepts of all reports of a model on one plane."""

import streamlit as st

from pages.atlas import page
from pages.state.notes import warn_of_trouble

st.title("Atlas")
warn_of_trouble()
page.show()
