"""The model of a report, opened again for new queries: only one that the operator named, or that runs no user code."""

import threading
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import streamlit as st

from concepts.demo.names import DEMO_SOURCES
from concepts.engine.analysis import load_model_of, load_split, open_request_items, open_request_photos
from concepts.models.classifiers.catalogue import TORCHVISION_CLASSIFIERS
from concepts.report.class_report import ClassReport
from concepts.report.request import Request
from pages.state.libraries import Stage, libraries
from pages.state.server_settings import ServerSettings, server_settings

if TYPE_CHECKING:
    from concepts.data.dataset import Dataset
    from concepts.models import Split
    from concepts.models.splitting.base import SplitModel
    from concepts.models.text.split import TextSplit

ASKING = threading.Lock()  # two visitors are two threads on the same model


def split_of(report: ClassReport) -> "Split":
    """The report's model of photos, split at its layer. Raises ValueError as `model_of` does."""
    return cast("Split", model_of(report))


def text_split_of(report: ClassReport) -> "TextSplit":
    """The report's model of texts, split where its head reads. Raises ValueError as `model_of` does."""
    return cast("TextSplit", model_of(report))


def model_of(report: ClassReport) -> "SplitModel":
    """The report's model, split at its layer. Raises ValueError, with one clear line, where it cannot be opened."""
    libraries.wait_for(Stage.MODEL)
    from concepts.report.queries.reencoding import check_model

    request = request_of(report)
    if not allowed(request.model, server_settings()):
        raise ValueError(
            "the model of this report is a file of its maker's: whoever runs this server has to name it in "
            "CONCEPTS_MODELS before the pages run its code"
        )
    split = _split(request, report.data.layer.path, server_settings().device)
    check_model(report, split)
    return split


def class_names(split: "SplitModel") -> list[str]:
    """The model's classes in order; numbers where they have no names."""
    return list(split.card.class_names or map(str, range(split.n_classes)))


def request_of(report: ClassReport) -> Request:
    """The request that the report was made from. Raises ValueError where the report does not store one."""
    if report.data.request is None:
        raise ValueError("this report does not say how its model is opened: run the same analysis again")
    return report.data.request


def allowed(model: str, server: ServerSettings) -> bool:
    """True where a page may open the model: a built-in or torchvision architecture, or a file named by the operator."""
    if model in DEMO_SOURCES or model in TORCHVISION_CLASSIFIERS:
        return True
    return _whole(model) in map(_whole, server.models)


def _whole(model: str) -> str:
    file, _, factory = model.rpartition(":")
    return f"{Path(file).expanduser().resolve()}:{factory}"


@st.cache_resource(max_entries=2, show_spinner="Opening the model …")
def _split(request: Request, layer: str, device: str) -> "SplitModel":
    there = replace(request, device=device)
    if request.texts is None:
        return load_split(there, layer)
    return load_model_of(there, open_request_items(request, server_settings().store))


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
