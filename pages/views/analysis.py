"""Page: choice of a model, photos or texts, and a question in three steps; cost; start, progress, cancel, resume."""

from functools import partial

import streamlit as st

from concepts.access import Act
from pages.analysis import jobs_panel, model_and_photos, starting, text_models, texts
from pages.analysis.item_kind import choose_kind, chosen_kind
from pages.analysis.model_and_photos import PhotoChoice
from pages.analysis.model_options import ModelChoice
from pages.analysis.own_usage import show_own_usage
from pages.analysis.steps import step
from pages.analysis.texts import TextChoice
from pages.components.safe_text import paragraph
from pages.state.server_settings import server_settings
from pages.state.visitor import may, why_not

st.title("New analysis")
server = server_settings()
first = jobs_panel.show_first(server)
jobs_panel.link_to_runs(server)
paragraph(
    "Choose a model, and photos or texts that it classifies: the analysis makes a report of what the model looks at, "
    "and goes on when you close this page."
)


def choose_model() -> ModelChoice | None:
    ways = {"images": model_and_photos.choose_model, "texts": text_models.choose_text_model}
    return ways[choose_kind()](server)


def model_said(chosen: ModelChoice) -> str:
    return (
        text_models.text_model_said(chosen) if chosen_kind() == "texts" else model_and_photos.model_said(chosen, server)
    )


def look(items: PhotoChoice | TextChoice) -> None:
    if model is not None:
        starting.look(server, starting.request_of(server, model, items))


def ask() -> str | None:
    if model is not None and items is not None:
        return starting.look_and_start(server, starting.request_of(server, model, items))
    paragraph(f"Choose a model and {'texts' if on_texts else 'photos'} first.")
    return None


if may(Act.RUN):
    show_own_usage(server)
else:
    paragraph(why_not(Act.RUN))
    jobs_panel.show_others(server, first)
    st.stop()
model = step(1, choose_model, model_said)
on_texts = chosen_kind() == "texts"
items: PhotoChoice | TextChoice | None
if on_texts:
    items = step(2, partial(texts.choose_texts, server), partial(texts.texts_said, server=server), on_next=look)
else:
    items = step(
        2,
        partial(model_and_photos.choose_photos, server),
        partial(model_and_photos.photos_said, server=server),
        on_next=look,
    )
step(3, ask, str)
jobs_panel.show_others(server, first)
