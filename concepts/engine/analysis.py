"""The model, the photos and the report of a request."""

import tempfile
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from concepts.data.sources import DATA_SOURCES
from concepts.engine.allocator import giving_back_between_stages
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
        output=request.output,
    )
    return split_model(model, layer=layer)


def open_request_photos(
    request: Request,
    store: Path | None,
    *,
    classes: Collection[str] | None = None,
    within: Sequence[Path] | None = None,
) -> "Dataset[Image.Image]":
    """The request's photos: from a registered source for their name, else from a folder, a zip or a list.

    Photos of other classes, where it has any, are beside them.
    classes: all required classes, for a source that generates its photos first, in the store. within: folders that
    links may lead to (`open_photos`).
    """
    from concepts.data.others import WithOthers

    photos = _open_photos(request.images, store, classes, within)
    return photos if request.others is None else WithOthers(photos, _open_photos(request.others, store, None, within))


def _open_photos(
    source: str, store: Path | None, classes: Collection[str] | None, within: Sequence[Path] | None
) -> "Dataset[Image.Image]":
    from concepts.data.images import open_photos

    opener = DATA_SOURCES.opener(source)
    if opener is not None:
        return opener(source, store or Path(tempfile.gettempdir()), classes)
    return open_photos(source, within=within)


def analyse(
    request: Request,
    store: Path | None,
    progress: Progress | None = None,
    *,
    collections: Path | None = None,
    within: Sequence[Path] | None = None,
) -> ClassReport:
    """The requested report. Raises ValueError with one clear line for wrong input.

    collections: a folder in which the report's photos are recorded with their tokens, so that they can be queried.
    within: folders that links among the photos may lead to (`open_photos`).
    """
    from concepts.data.properties.table import open_table
    from concepts.report import build_report

    progress = giving_back_between_stages(progress or (lambda stage, share: None))
    progress("model", 0.0)
    photos = open_request_photos(request, store, within=within)  # first: a wrong path is told before a model is loaded
    table = None if request.metadata is None else open_table(request.metadata, photos.names)
    split = load_split(request, request.layer)
    progress("model", 1.0)
    report = build_report(split, photos, request.target, request.settings, store=store, progress=progress, table=table)
    data = report.data
    command = command_again(request, method=data.settings.method, layer=data.layer.path)
    report = report.with_data(replace(data, request=request, command=command))
    if collections is not None and store is not None:
        _record(report, split, collections, store)
    return report


def _record(report: ClassReport, split: "Split", collections: Path, store: Path) -> None:
    from concepts.lexicon import find_class_lexicon
    from concepts.lexicon.collections import record_report

    words = find_class_lexicon(split)  # None: the head has more layers after the channels
    record_report(report, collections, store, [] if words is None else [words])
