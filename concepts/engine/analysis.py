"""The model, the photos and the report that a request asks for."""

import tempfile
from collections.abc import Callable, Collection
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from concepts.data.sources import DATA_SOURCES
from concepts.report.class_report import ClassReport
from concepts.report.request import Request, command_again

if TYPE_CHECKING:
    from PIL import Image

    from concepts.data.dataset import Dataset
    from concepts.models import Split

Progress = Callable[[str, float], None]


def load_split(request: Request, layer: str | None) -> "Split":
    """The request's model, split at a layer."""
    from concepts.models import load_model, split_model

    model = load_model(
        request.model,
        weights=request.weights,
        n_classes=request.n_classes,
        class_names=request.classes,
        device=request.device,
        resize=request.resize,
        crop=request.crop,
    )
    return split_model(model, layer=layer)


def open_request_photos(
    request: Request, store: Path | None, *, classes: Collection[str] | None = None
) -> "Dataset[Image.Image]":
    """The request's photos: of a source that takes their name, else of a folder, a zip, a list.

    classes: all that are needed, where a source has to make its photos first, which it does in the store.
    """
    from concepts.data.images import open_photos

    source = DATA_SOURCES.opener(request.images)
    if source is not None:
        return source(request.images, store or Path(tempfile.gettempdir()), classes)
    return open_photos(request.images)


def analyse(
    request: Request, store: Path | None, progress: Progress | None = None, *, collections: Path | None = None
) -> ClassReport:
    """The report that was asked for. Raises ValueError with one clear line for wrong input.

    collections: a folder in which the report's photos are recorded with their tokens, so that they can be asked.
    """
    from concepts.report import build_report

    progress = progress or (lambda stage, share: None)
    progress("model", 0.0)
    photos = open_request_photos(request, store)  # first: a wrong path is told before a model is loaded
    split = load_split(request, request.layer)
    progress("model", 1.0)
    report = build_report(split, photos, request.target, request.settings, store=store, progress=progress)
    data = report.data
    command = command_again(request, method=data.settings.method, layer=data.layer.path)
    report = report.with_data(replace(data, request=request, command=command))
    if collections is not None and store is not None:
        _record(report, split, collections, store)
    return report


def _record(report: ClassReport, split: "Split", collections: Path, store: Path) -> None:
    from concepts.lexicon import class_lexicon
    from concepts.lexicon.collections import record_report

    try:
        lexicons = [class_lexicon(split)]
    except ValueError:  # the head does more than read the channels: its classes are no words here
        lexicons = []
    record_report(report, collections, store, lexicons)
