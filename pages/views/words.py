"""Page: which words does each place of a photo, or each token of a text, light up?"""

import streamlit as st

from pages.lexical import page

st.title("Words")
page.show()
