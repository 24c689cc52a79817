"""Page: exercises on the demo, checked against what was drawn."""

import streamlit as st

from pages.teaching import answering
from pages.teaching.tasks import TASKS
from pages.ui.text import plain

st.title("Exercises")
number = answering.number(len(TASKS))
try:
    task = TASKS[number - 1]()
except ValueError as error:
    st.warning(plain(str(error)))
    st.page_link("pages/views/gallery.py", label="See all reports", icon=":material/grid_view:")
    st.stop()
answering.show(task, number, len(TASKS))
answering.closing()
