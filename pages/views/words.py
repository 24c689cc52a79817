"""Page: which words does each place of a photo, or each token of a text, light up?"""

import streamlit as st

from pages.lexical import page
from pages.ui.notes import tell_trouble

st.title("Words")
tell_trouble()
page.show()
