"""The model of a report, opened again for new queries: only one that the operator named, or that runs no user code."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

import streamlit as st

from concepts.access import NotAllowed
from concepts.engine.analysis import load_split, load_text_split, open_request_items, open_request_photos
from concepts.report.class_report import ClassReport
from concepts.report.request import Request
from concepts.service import check_asking, runs_no_other_code
from pages.state.computing import OPENING
from pages.state.libraries import Stage, libraries
from pages.state.server_settings import ServerSettings, server_settings
from pages.state.visitor import person

if TYPE_CHECKING:
    from concepts.data.dataset import Dataset
    from concepts.models import Split
    from concepts.models.splitting.base import SplitModel
    from concepts.models.text import TextSplit


def split_of(report: ClassReport) -> "Split":
    """The report's model of photos, split at its layer.

    Raises ValueError as `model_of` does, and for a report on texts.
    """
    if report.data.kind != "images":
        raise ValueError("the report is on texts: its model is opened by text_split_of")
    return cast("Split", model_of(report))


def text_split_of(report: ClassReport) -> "TextSplit":
    """The report's model of texts, split where its head reads; a fitted head is fitted to the same texts again.

    Raises ValueError as `model_of` does.
    """
    return cast("TextSplit", model_of(report))


def model_of(report: ClassReport) -> "SplitModel":
    """The report's model, split at its layer. Raises ValueError, with one clear line, where it cannot be opened."""
    libraries.wait_for(Stage.MODEL)
    from concepts.report.queries.reencoding import check_model

    request, device = _openable(report), server_settings().device
    on_texts = request.texts is not None
    split = _text_split(request, device) if on_texts else _split(request, report.data.layer.path, device)
    check_model(report, split)
    return split


def _openable(report: ClassReport) -> Request:
    """The report's request.

    Raises ValueError where the visitor may not ask a model, and where no page may open this one.
    """
    check_may_ask()
    request = request_of(report)
    if not allowed(request.model, server_settings()):
        raise ValueError(
            "the model of this report is a file of its maker's: whoever runs this server has to name it in "
            "CONCEPTS_MODELS before the pages run its code"
        )
    return request


def check_may_ask() -> None:
    """Raises ValueError, with a line for the visitor, where they may not have a model loaded and asked."""
    try:
        check_asking(person())
    except NotAllowed as error:
        raise ValueError(str(error)) from error


def class_names(split: "SplitModel") -> list[str]:
    """The model's classes in order; numbers where they have no names."""
    return list(split.card.class_names or map(str, range(split.n_classes)))


def request_of(report: ClassReport) -> Request:
    """The request that the report was made from. Raises ValueError where the report does not store one."""
    if report.data.request is None:
        raise ValueError("this report does not say how its model is opened: run the same analysis again")
    return report.data.request


def allowed(model: str, server: ServerSettings) -> bool:
    """True where a page may open the model: it runs no code of its maker's, or the operator has named it."""
    return runs_no_other_code(model, server.workspace, server.models)


@st.cache_resource(max_entries=2, show_spinner="Opening the model …")
def _split(request: Request, layer: str, device: str) -> "Split":
    with OPENING.turn():
        return load_split(replace(request, device=device), layer)


@st.cache_resource(max_entries=2, show_spinner="Opening the model …")
def _text_split(request: Request, device: str) -> "TextSplit":
    with OPENING.turn():
        texts = open_request_items(request, server_settings().store)
        return load_text_split(replace(request, device=device), texts)


@st.cache_resource(max_entries=4, show_spinner="Looking for the photos …")
def photos_of(key: tuple[str, int], _report: ClassReport) -> "Dataset[Any] | None":
    """The photos of the report (for the demo, of its classes), or its texts, at their original place; None where they
    are gone."""
    if _report.data.kind == "texts":
        return _texts_of(_report)
    classes = {row.name.split("/")[0] for row in _report.data.items}
    try:
        return open_request_photos(request_of(_report), server_settings().store, classes=classes)
    except (ValueError, OSError):
        return None


def _texts_of(report: ClassReport) -> "Dataset[Any] | None":
    try:
        return open_request_items(request_of(report), server_settings().store)
    except (ValueError, OSError):
        return None
