"""The choice of texts: where they are, which column holds them, and how they are encoded."""

from dataclasses import dataclass

import streamlit as st

from concepts.data.sources import DATA_SOURCES
from concepts.demo.names import DEMO_TEXTS, REVIEWS, VILLAGE
from concepts.report.request import Request
from pages.analysis.short_names import photos_name
from pages.analysis.text_look import choose_columns
from pages.analysis.text_sources import named_texts, pasted_texts, uploaded_texts
from pages.state.server_settings import ServerSettings

NAMED, UPLOADED, PASTED, DRAWN = "on the server", "an upload", "pasted lines", "the demo's own texts"
DEMO_WORDS = {VILLAGE: "sentences of a drawn village", REVIEWS: "reviews: pros and cons"}


@dataclass(frozen=True)
class TextChoice:
    """Texts, their columns ("": none, None: to be found) and their encoding, in the format of a request."""

    texts: str
    text_column: str | None = None
    label_column: str | None = None
    id_column: str | None = None
    encoding: str | None = None

    @classmethod
    def of(cls, request: Request) -> "TextChoice":
        """The texts of a request."""
        return cls(str(request.texts), request.text_column, request.label_column, request.id_column, request.encoding)

    def request_for(self, model: str = "") -> Request:
        """The request of a model and these texts."""
        return Request(
            model=model, texts=self.texts, text_column=self.text_column, label_column=self.label_column,
            id_column=self.id_column, encoding=self.encoding,
        )  # fmt: skip


def choose_texts(server: ServerSettings) -> TextChoice | None:
    """The chosen texts; None while they are missing, are read, or cannot be."""
    demo = [name for name in DEMO_TEXTS if DATA_SOURCES.opener(name)]
    kinds = [*([NAMED] if server.texts or server.photos else []), UPLOADED, PASTED, *([DRAWN] if demo else [])]
    kind = st.radio("Where the texts are", kinds, key="texts", horizontal=True, bind="query-params")
    if kind == DRAWN:
        drawn = st.selectbox(
            "Texts", demo, key="drawn_texts", format_func=lambda name: DEMO_WORDS[name], bind="query-params"
        )
        return TextChoice(str(drawn))
    ways = {NAMED: named_texts, UPLOADED: uploaded_texts, PASTED: pasted_texts}
    source = ways[str(kind)](server)
    request = choose_columns(server, source, ours=kind == PASTED) if source else None
    return None if request is None else TextChoice.of(request)


def texts_said(chosen: TextChoice, server: ServerSettings) -> str:
    """The chosen texts in one line."""
    parts = [DEMO_WORDS.get(chosen.texts) or photos_name(chosen.texts, server)]
    parts += [f"text: {chosen.text_column}"] if chosen.text_column else []
    parts += [f"label: {chosen.label_column}"] if chosen.label_column else []
    return ", ".join(parts)
