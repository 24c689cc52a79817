"""The start of a comparison of poolings: an encoder and labelled texts."""

import streamlit as st

from concepts.engine.jobs import JobOnDisk
from concepts.engine.poolings import MOST, N_FOLDS
from concepts.report.request import Request, short_model
from concepts.report.settings import ReportSettings
from pages.analysis.short_names import photos_name
from pages.analysis.text_models import choose_encoder
from pages.analysis.texts import TextChoice, choose_texts
from pages.compare.job_start import Start
from pages.components.safe_text import paragraph
from pages.state.server_settings import ServerSettings


def request_of(server: ServerSettings, encoder: str, texts: TextChoice, n_concepts: int) -> Request:
    """The request of a comparison."""
    return Request(
        model=encoder, texts=texts.texts, text_column=texts.text_column, label_column=texts.label_column,
        id_column=texts.id_column, encoding=texts.encoding, device=server.device,
        settings=ReportSettings(n_concepts=n_concepts),
    )  # fmt: skip


def _form(server: ServerSettings) -> Request | None:
    encoder, texts = choose_encoder(server), choose_texts(server)
    n_concepts = st.number_input("Number of concepts", 2, 50, 10, key="pooling_concepts", width=240)
    paragraph(f"The texts need labels. At most {MOST:,} are read, in {N_FOLDS} folds held out in turn.", "cx-note")
    ready = encoder is not None and texts is not None
    pressed = st.button("Compare", type="primary", key="pooling_start", disabled=not ready)
    if not pressed or encoder is None or texts is None:
        return None
    return request_of(server, encoder, texts, int(n_concepts))


def _title(shown: JobOnDisk, server: ServerSettings) -> str:
    request = shown.request
    return f"{short_model(request.model)} · texts {photos_name(str(request.texts), server)}"


START = Start(
    "pooling", "pooling", "Compare the poolings of an encoder on your texts", _form, _title, forget=("measure",)
)
