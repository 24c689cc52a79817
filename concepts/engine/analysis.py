"""The model, the photos or texts, and the report of a request."""

import tempfile
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from concepts.data.documents.limits import DEFAULT_LIMITS, TextLimits
from concepts.data.sources import DATA_SOURCES
from concepts.engine.allocator import giving_back_between_stages
from concepts.report.class_report import ClassReport
from concepts.report.request import Request, command_again

if TYPE_CHECKING:
    from PIL import Image

    from concepts.data.dataset import Dataset
    from concepts.data.properties.table import PhotoTable
    from concepts.models import Split
    from concepts.models.splitting.base import SplitModel
    from concepts.models.text.split import TextSplit
    from concepts.report.pipeline.probing import Pairs

FITTED = "head:"  # models whose head is fitted to the texts
Progress = Callable[[str, float], None]


def load_model_of(request: Request, items: "Dataset[Any]") -> "SplitModel":
    """The request's model of photos, split at its layer, or its model of texts, split where its head reads.

    items: the request's photos or texts; a head that is fitted on the spot learns from their labels.
    """
    return load_split(request, request.layer) if request.texts is None else load_text_split(request, items)


def load_text_split(request: Request, texts: "Dataset[str]") -> "TextSplit":
    """The request's model of texts, whose head is fitted to the labels of these where the request says so."""
    from concepts.models.text.opening import open_text_model
    from concepts.options import names_in

    labelled = [(i, group) for i, group in enumerate(texts.groups) if group is not None]
    fitted = request.model.startswith(FITTED)
    return open_text_model(
        request.model,
        weights=request.weights,
        device=request.device,
        class_names=request.classes,
        output=request.output,
        texts=[texts.open(i) for i, _ in labelled] if fitted else None,
        labels=[group for _, group in labelled] if fitted else None,
        question=request.question,
        answers=None if request.answers is None else names_in(request.answers),
        seed=request.settings.seed,
    )


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


def open_request_items(
    request: Request,
    store: Path | None,
    *,
    within: Sequence[Path] | None = None,
    limits: TextLimits = DEFAULT_LIMITS,
) -> "Dataset[Any]":
    """The request's texts, or its photos, with those of other classes beside them where it has any.

    limits: on the reading of texts. Raises ValueError where it has neither.
    """
    from concepts.data.others import WithOthers

    if request.texts is None:
        return open_request_photos(request, store, within=within)
    texts: Dataset[Any] = _open_texts(request, request.texts, store, within, limits)
    if request.others is None:
        return texts
    return WithOthers(texts, _open_texts(request, request.others, store, within, limits))


def _open_texts(
    request: Request, source: str, store: Path | None, within: Sequence[Path] | None, limits: TextLimits
) -> "Dataset[Any]":
    from concepts.data.documents import open_texts

    opener = DATA_SOURCES.opener(source)
    if opener is not None:
        return opener(source, store or Path(tempfile.gettempdir()), None)
    return open_texts(
        source,
        text_column=request.text_column,
        label_column=request.label_column,
        id_column=request.id_column,
        encoding=request.encoding,
        limits=limits,
        within=within,
    )


def _open_photos(
    source: str, store: Path | None, classes: Collection[str] | None, within: Sequence[Path] | None
) -> "Dataset[Image.Image]":
    from concepts.data.images import open_photos

    if not source:
        raise ValueError("no photos were named: give a folder, a .zip or a list of files (--images)")
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
    progress = giving_back_between_stages(progress or (lambda stage, share: None))
    progress("model", 0.0)
    items = open_request_items(request, store, within=within)  # first: a wrong path is told before a model is loaded
    open_extras(request, items)  # before a model is loaded, too
    split = load_model_of(request, items)
    progress("model", 1.0)
    report = report_of(request, split, items, store, progress)
    if collections is not None and store is not None and request.texts is None:
        _record(report, split, collections, store)
    return report


def report_of(
    request: Request,
    split: "SplitModel",
    items: "Dataset[Any]",
    store: Path | None,
    progress: Progress | None = None,
) -> ClassReport:
    """The requested report, of a model and photos or texts that are open. Raises ValueError as `analyse` does."""
    from concepts.report import build_report

    table, pairs = open_extras(request, items)
    report = build_report(
        split, items, request.target, request.settings, store=store, progress=progress, table=table, pairs=pairs
    )
    data = report.data
    command = command_again(request, method=data.settings.method, layer=data.layer.path)
    return report.with_data(replace(data, request=request, command=command))


def open_extras(request: Request, items: "Dataset[Any]") -> "tuple[PhotoTable | None, Pairs]":
    """The user's table about the photos or texts, and pairs of words. Raises ValueError for what cannot be used."""
    from concepts.data.properties.table import open_table

    table = None if request.metadata is None else open_table(request.metadata, items.names)
    return table, _pairs_of(request)


def _pairs_of(request: Request) -> tuple[tuple[str, str], ...]:
    """The user's own pairs of words. Raises ValueError for a wrong file, and where there are no texts."""
    from concepts.probes.swaps import open_pairs

    if request.pairs is None:
        return ()
    if request.texts is None:
        raise ValueError("pairs of words were given without texts: give --texts, or leave --pairs out")
    return open_pairs(request.pairs)


def _record(report: ClassReport, split: "SplitModel", collections: Path, store: Path) -> None:
    from concepts.lexicon import find_class_lexicon
    from concepts.lexicon.collections import record_report
    from concepts.models import Split

    words = find_class_lexicon(split) if isinstance(split, Split) else None  # None also: the head has more layers
    record_report(report, collections, store, [] if words is None else [words])
