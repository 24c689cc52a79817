"""Page: choice of a model, photos and a class; expected cost; start, progress, cancel, resume."""

import streamlit as st

from pages.analysis import jobs_panel, model_and_photos, starting
from pages.state.server_settings import server_settings

st.title("New analysis")
server = server_settings()
st.write(
    "Choose a classifier and photos. The program looks at both, offers the classes and layers it finds, says what the "
    "analysis will cost, and runs it in a process of its own: you can close this page and come back."
)
model_side, photo_side = st.columns(2, gap="large")
with model_side:
    model = model_and_photos.choose_model(server)
with photo_side:
    photos = model_and_photos.choose_photos(server)
if model and photos:
    starting.look_and_start(server, model, photos)
jobs_panel.show(server)
