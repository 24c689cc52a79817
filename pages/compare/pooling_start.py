"""The start of a comparison of poolings: an encoder and labelled texts."""

from dataclasses import replace

import streamlit as st

from concepts.engine.jobs import JobOnDisk
from concepts.engine.poolings import MOST, N_FOLDS
from concepts.report.request import Request, short_model
from concepts.report.settings import ReportSettings
from pages.analysis.short_names import photos_name
from pages.analysis.text_models import choose_encoder
from pages.analysis.texts import TextChoice, choose_texts
from pages.compare.job_start import Asked, Start
from pages.components.safe_text import paragraph
from pages.state.server_settings import ServerSettings


def request_of(server: ServerSettings, encoder: str, texts: TextChoice, n_concepts: int) -> Request:
    """The request of a comparison."""
    settings = ReportSettings(n_concepts=n_concepts)
    return replace(texts.request_for(encoder), device=server.device, settings=settings)


def _form(server: ServerSettings) -> Asked | None:
    encoder, texts = choose_encoder(server), choose_texts(server)
    n_concepts = st.number_input("Number of concepts", 2, 50, 10, key="pooling_concepts", width=240)
    paragraph(f"The texts need labels. At most {MOST:,} are read, in {N_FOLDS} folds held out in turn.", "cx-note")
    ready = encoder is not None and texts is not None
    pressed = st.button("Compare", type="primary", key="pooling_start", disabled=not ready)
    if not pressed or encoder is None or texts is None:
        return None
    return Asked(request_of(server, encoder, texts, int(n_concepts)))


def _title(shown: JobOnDisk, server: ServerSettings) -> str:
    request = shown.request
    return f"{short_model(request.model)} · texts {photos_name(str(request.texts), server)}"


START = Start(
    "pooling", "pooling", "Compare the poolings of an encoder on your texts", _form, _title, forget=("measure",)
)
