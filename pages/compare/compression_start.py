"""The start of a comparison of codes: a report, which is made again under each code."""

import streamlit as st

from concepts.engine.compressions import request_again
from concepts.engine.jobs import JobOnDisk
from concepts.report import ReportCard
from concepts.report.request import short_model
from pages.compare.job_start import Asked, Start
from pages.components.safe_text import paragraph, plain
from pages.state.messages import sentence_of
from pages.state.reports import cards, load
from pages.state.server_settings import ServerSettings

NOTE = (
    "The report is made anew for each code, and once with the next seed, beside which the changes are read: about six "
    "times the report's own time. Where a photo model's classes are words of the layer, 20 or more, their codes "
    "are compared too, and the names that they give; the result says where not. Collections are compared on the "
    "command line."
)


def _form(server: ServerSettings) -> Asked | None:
    offered = {card.id: card for card in cards()}
    chosen = st.selectbox(
        "Report", list(offered), key="compressed_report", format_func=lambda id: _called(offered[id])
    )  # fmt: skip
    paragraph(NOTE, "cx-note")
    if not st.button("Compare", type="primary", key="compression_start", disabled=chosen is None) or chosen is None:
        return None
    try:
        return Asked(request_again(load(offered[chosen]).data))
    except ValueError as error:
        st.error(plain(sentence_of(error)))
        return None


def _called(card: ReportCard) -> str:
    return f"{card.target} · {short_model(card.model)} · {card.id}"


def _title(shown: JobOnDisk, server: ServerSettings) -> str:
    return f"{shown.request.target} · {short_model(shown.request.model)}"


START = Start("compression", "compression", "Compare the codes of a report's tokens", _form, _title)
