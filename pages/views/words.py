"""Page: the words activated by each place of a photo or each token of a text."""

import streamlit as st

from pages.state.notes import warn_of_trouble
from pages.words import page

st.title("Words")
warn_of_trouble()
page.show()
