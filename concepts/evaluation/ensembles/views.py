"""The views of an ensemble from models and columns of texts, and what each says."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from concepts.data.dataset import UnreadableItem
from concepts.evaluation.ensembles.explanation import View

if TYPE_CHECKING:
    from concepts.models.text.split import TextSplit

AT_ONCE = 64  # texts
MOST = 10  # views: all 2^10 combinations are computed


def pairs_of(models: Sequence[str], columns: Sequence[str]) -> list[tuple[str, str]]:
    """Model and column of each view: one model on every column, every model on one column, or pair by pair.

    Raises ValueError for other numbers, for fewer than two views, and for more than ten.
    """
    n = max(len(models), len(columns))
    if not models or not columns or {len(models), len(columns)} - {1, n}:
        raise ValueError(
            f"{len(models)} models and {len(columns)} columns: give one model and several columns, several models and "
            "one column, or as many of both"
        )
    if not 2 <= n <= MOST:
        raise ValueError(f"{n} views, expected 2 to {MOST}: name models (--model) or columns (--column) once for each")
    return [(models[i % len(models)], columns[i % len(columns)]) for i in range(n)]


def view_names(pairs: Sequence[tuple[str, str]]) -> list[str]:
    """What tells the views apart: the columns, the models, or both."""
    from concepts.report.request import short_model

    models, columns = [short_model(model) for model, _ in pairs], [column for _, column in pairs]
    if len(set(columns)) == len(columns):
        return columns
    return models if len(set(models)) == len(models) else [f"{m}, {c}" for m, c in zip(models, columns, strict=True)]


def class_names_of(split: "TextSplit", model: str) -> tuple[str, ...]:
    """The names of a model's classes. Raises ValueError for outputs that do not exclude each other."""
    if split.outputs.kind not in ("classes", "binary"):
        raise ValueError(
            f"{model} gives {split.outputs.kind}: a view says which one of several classes is true; choose such a model"
        )
    return split.card.class_names or tuple(f"class {i}" for i in range(split.n_classes))


def in_order(said: np.ndarray, own: Sequence[str], classes: Sequence[str], model: str) -> np.ndarray:
    """(n, c): probabilities with the classes in the order of all views. Raises ValueError for other classes."""
    if set(own) != set(classes):
        raise ValueError(
            f"{model} tells {', '.join(own)} apart, the first view {', '.join(classes)}: all views need the same "
            "classes, name them with --classes"
        )
    return said[:, [own.index(name) for name in classes]]


def readable(split: "TextSplit", texts: Sequence[str]) -> np.ndarray:
    """(n,) bool: the texts of which the model reads something."""
    return np.array([_reads(split, text) for text in texts])


def _reads(split: "TextSplit", text: str) -> bool:
    try:
        split.card.prepare(text)
    except UnreadableItem:
        return False
    return True


def probabilities(split: "TextSplit", texts: Sequence[str]) -> np.ndarray:
    """(n, c): the model's probability of each class for each text."""
    import torch

    with torch.no_grad():
        batches = [texts[start : start + AT_ONCE] for start in range(0, len(texts), AT_ONCE)]
        logits = torch.cat([split.head(split.encode_texts(batch)) for batch in batches]).double().numpy()
    said = split.outputs.probabilities(logits)
    return said / said.sum(axis=1, keepdims=True) if said is not None else logits


def view_of(name: str, said: np.ndarray) -> View:
    """A view. Raises ValueError where it says NaN or infinity."""
    if not np.isfinite(said).all():
        raise ValueError(f"the view {name} gives NaN or infinity for a text: its weights are damaged, or they overflow")
    return View(name, said)
