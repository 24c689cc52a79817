"""Page: choice of a model, photos and a question in three steps; expected cost; start, progress, cancel, resume."""

from functools import partial

import streamlit as st

from pages.analysis import jobs_panel, model_and_photos, starting
from pages.analysis.model_and_photos import PhotoChoice
from pages.analysis.steps import step
from pages.components.safe_text import paragraph
from pages.state.server_settings import server_settings

st.title("New analysis")
server = server_settings()
first = jobs_panel.show_first(server)
paragraph("An analysis runs in a process of its own: you can close this page and come back.")
model = step(1, partial(model_and_photos.choose_model, server), partial(model_and_photos.model_said, server=server))


def look(photos: PhotoChoice) -> None:
    if model is not None:
        starting.look(server, model, photos)


photos = step(
    2,
    partial(model_and_photos.choose_photos, server),
    partial(model_and_photos.photos_said, server=server),
    on_next=look,
)


def ask() -> str | None:
    if model is not None and photos is not None:
        return starting.look_and_start(server, model, photos)
    paragraph("Choose a model and photos first.")
    return None


step(3, ask, str)
jobs_panel.show_others(server, first)
