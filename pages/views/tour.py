"""Page: a tour of the demo, step by step; also for a projector."""

import streamlit as st

from pages.teaching import touring
from pages.teaching.steps import STEPS
from pages.ui.keys import turning_keys
from pages.ui.text import is_dark, plain

step = touring.step(len(STEPS))
try:
    scene = STEPS[step - 1](is_dark())
except ValueError as error:
    st.title("Tour")
    st.warning(plain(str(error)))
    st.page_link("pages/views/gallery.py", label="See all reports", icon=":material/grid_view:")
    st.stop()
if touring.lesson().present == 1:
    touring.present(scene, step, len(STEPS))
else:
    touring.show(scene, step, len(STEPS))
turning_keys(step, asked=touring.lesson().step is not None, on_step=touring.go)
