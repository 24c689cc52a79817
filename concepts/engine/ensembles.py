"""An ensemble explained, from the names of models and columns to the Shapley values of its views."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from concepts.data.documents.limits import DEFAULT_LIMITS, TextLimits
from concepts.engine.analysis import FITTED, load_text_split, open_request_items
from concepts.numerics.samples import random_sample
from concepts.report.request import Request
from concepts.storage.store import key_of, slug
from concepts.storage.typed_json import to_json

if TYPE_CHECKING:
    from concepts.data.dataset import Dataset
    from concepts.evaluation.ensembles.explanation import EnsembleExplanation, Shown, View
    from concepts.models.text.split import TextSplit

MOST = 500  # texts
Progress = Callable[[str, float], None]


@dataclass(frozen=True)
class Views:
    """What answers as one classifier: a model and a column of the texts for each view, and how they are combined.

    models, columns: one of each for each view, or a single one for all; no column: the table's own texts.
    """

    models: tuple[str, ...]
    columns: tuple[str, ...] = ()
    combine: str = "mean"


def explain_views(
    request: Request,
    views: Views,
    progress: Progress = lambda stage, share: None,
    *,
    most: int = MOST,
    store: Path | None = None,
    within: Sequence[Path] | None = None,
    limits: TextLimits = DEFAULT_LIMITS,
) -> "tuple[EnsembleExplanation, int]":
    """The explanation, and the number of texts that were left out: a column is empty, or a model reads nothing of it.

    request: the texts, the target and the seed; its model stands for none of the views. Where a model is
    `head:ENCODER`, a head is fitted to each column. At most `most` texts are explained, drawn with the seed. within,
    limits: as for `open_request_items`. Raises ValueError for columns that are not there, models that tell other
    classes apart, an unknown target or a group, and fewer than two texts.
    """
    from concepts.evaluation.ensembles.combining import combination
    from concepts.evaluation.ensembles.explanation import explain_ensemble
    from concepts.evaluation.ensembles.views import class_names_of, pairs_of, readable

    combination(views.combine)  # raises ValueError
    texts = open_request_items(_with_column(request, views), store, within=within, limits=limits)
    pairs = pairs_of(views.models, views.columns or (_own_column(texts),))
    table = _Table.of(texts, [column for _, column in pairs])
    splits = _opened(request, table, pairs, progress)
    read = np.all([readable(split, table.texts[c]) for split, (_, c) in zip(splits, pairs, strict=True)], axis=0)
    every = [int(i) for i in np.flatnonzero(read)]
    rows = [every[i] for i in random_sample(len(every), most, seed=request.settings.seed)]
    if len(rows) < 2:
        raise ValueError(f"{len(rows)} texts that all views read, expected two at least: give more texts")
    classes = class_names_of(splits[0], pairs[0][0])
    target = _target(request, classes)
    found = explain_ensemble(
        _views(splits, pairs, table, rows, progress),
        classes,
        _shown(texts, table, rows, pairs, classes),
        target=target,
        combine=views.combine,
        fitted=any(model.startswith(FITTED) for model in views.models),
        seed=request.settings.seed,
    )
    return found, len(texts) - len(every)


def _views(
    splits: "Sequence[TextSplit]",
    pairs: Sequence[tuple[str, str]],
    table: "_Table",
    rows: Sequence[int],
    progress: Progress,
) -> "list[View]":
    """What each view says of these rows, with the classes in the order of the first."""
    from concepts.evaluation.ensembles.views import class_names_of, in_order, probabilities, view_names, view_of

    classes = class_names_of(splits[0], pairs[0][0])
    views: list[View] = []
    for name, split, (model, column) in zip(view_names(pairs), splits, pairs, strict=True):
        progress("views", len(views) / len(pairs))
        said = probabilities(split, [table.texts[column][i] for i in rows])
        views.append(view_of(name, in_order(said, class_names_of(split, model), classes, model)))
    progress("views", 1.0)
    return views


def _shown(
    texts: "Dataset[Any]",
    table: "_Table",
    rows: Sequence[int],
    pairs: Sequence[tuple[str, str]],
    classes: Sequence[str],
) -> "Shown":
    from concepts.evaluation.ensembles.explanation import Shown

    truth = texts.labels(classes)
    found = [truth[table.places[i]] for i in rows]
    return Shown(
        tuple(texts.names[table.places[i]] for i in rows),
        tuple(tuple(table.texts[column][i] for _, column in pairs) for i in rows),
        tuple(None if each is None else classes[each] for each in found),
    )


@dataclass(frozen=True)
class _Table:
    """The rows in which no column is empty: their places among all, their labels, and the texts of each column."""

    places: tuple[int, ...]
    labels: tuple[str | None, ...]
    texts: dict[str, list[str]]

    @classmethod
    def of(cls, texts: "Dataset[Any]", columns: Sequence[str]) -> "_Table":
        own, others = _own_column(texts), getattr(texts, "metadata", {})
        if unknown := next((name for name in columns if name != own and name not in others), None):
            raise ValueError(f"there is no column {unknown!r}: the texts have {', '.join((own, *others))}")
        cells = {name: [texts.open(i) for i in range(len(texts))] if name == own else others[name] for name in columns}
        kept = [i for i in range(len(texts)) if all((column[i] or "").strip() for column in cells.values())]
        return cls(
            tuple(kept),
            tuple(texts.groups[i] for i in kept),
            {name: [str(column[i]) for i in kept] for name, column in cells.items()},
        )


def ensemble_key(request: Request, views: Views) -> str:
    """The name under which it is found again; the same request with other views has another."""
    return key_of(request=request.key, views=to_json(views))


def ensemble_id(request: Request, views: Views) -> str:
    """The folder name of an explained ensemble: readable, URL-safe, unique per request and views."""
    return f"{slug(f'{request.target} {Path(str(request.texts)).stem}')}-{ensemble_key(request, views)[:8]}"


def _with_column(request: Request, views: Views) -> Request:
    """The request whose texts are the first column, where columns are named."""
    if request.texts is None:
        raise ValueError("no texts were named: give a table (--texts)")
    return replace(request, text_column=views.columns[0]) if views.columns and not request.text_column else request


def _own_column(texts: "Dataset[Any]") -> str:
    columns = getattr(texts, "columns", None)
    return "text" if columns is None else str(columns.text)


def _opened(request: Request, table: _Table, pairs: Sequence[tuple[str, str]], progress: Progress) -> "list[TextSplit]":
    """The model of each view; each is opened once, a head that is fitted once for each column."""
    from concepts.data.documents import TextSet

    opened: dict[tuple[str, str], TextSplit] = {}
    for i, (model, column) in enumerate(pairs):
        progress("models", i / len(pairs))
        key = (model, column if model.startswith(FITTED) else "")
        if key not in opened:
            texts = TextSet.of(table.texts[column], labels=table.labels)
            opened[key] = load_text_split(replace(request, model=model), texts)
    progress("models", 1.0)
    return [opened[model, column if model.startswith(FITTED) else ""] for model, column in pairs]


def _target(request: Request, classes: Sequence[str]) -> int:
    from concepts.models.target import resolve_target

    target = resolve_target(request.target, classes, len(classes))
    if target.is_group:
        raise ValueError(f"the target {request.target!r} is a group: name one class, whose log-odds are shared out")
    return target.indices[0]
