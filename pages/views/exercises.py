"""Page: exercises on the demo, checked against what was drawn."""

import streamlit as st

from pages.state.messages import told
from pages.teaching import exercise
from pages.teaching.exercises import TASKS

st.title("Exercises")
number = exercise.number(len(TASKS))
try:
    task = TASKS[number - 1]()
except ValueError as error:
    st.warning(told(error))
    st.page_link("pages/views/gallery.py", label="See all reports", icon=":material/grid_view:")
    st.stop()
exercise.show(task, number, len(TASKS))
exercise.closing()
