"""Page: exercises on the demo, checked against what was drawn."""

import streamlit as st

from pages.state.messages import told
from pages.teaching import exercise
from pages.teaching.exercises import TASKS
from pages.teaching.result import show_result

st.title("Exercises")
number = exercise.number(len(TASKS))
try:
    if number <= len(TASKS):
        exercise.show(TASKS[number - 1](), number, len(TASKS))
    else:
        show_result(TASKS)
except ValueError as error:
    st.warning(told(error))
    st.page_link("pages/views/gallery.py", label="See all reports", icon=":material/grid_view:")
    st.stop()
exercise.closing()
