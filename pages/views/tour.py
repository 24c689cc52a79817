"""Page: a tour of the demo, step by step, also for a projector."""

import streamlit as st

from pages.components.keys import turning_keys
from pages.components.safe_text import is_dark
from pages.state.messages import told
from pages.teaching import tour
from pages.teaching.tour_steps import STEPS

step = tour.step(len(STEPS))
try:
    scene = STEPS[step - 1](is_dark())
except ValueError as error:
    st.title("Tour")
    st.warning(told(error))
    st.page_link("pages/views/gallery.py", label="See all reports", icon=":material/grid_view:")
    st.stop()
if tour.lesson().present == 1:
    tour.present(scene, step, len(STEPS))
else:
    tour.show(scene, step, len(STEPS))
turning_keys(step)
