"""The model's predictions on the photos of a report: what it answers, how surely, and whether that is right."""

from collections.abc import Sequence

import numpy as np

from concepts.models.outputs import Outputs
from concepts.models.target import Target
from concepts.numerics.written import written


def recognised(outputs: Outputs, logits: np.ndarray, target: Target) -> np.ndarray:
    """(n,) bool, True where the model predicts the target, from logits (n, c)."""
    return outputs.recognised(logits, target.indices)


def right(outputs: Outputs, logits: np.ndarray, labels: Sequence[int | None], target: Target) -> np.ndarray | None:
    """(n,) bool, True where the model predicts the photo's class; for a photo of a target group, any class of it.

    None if the class of any photo is not known, and for regression.
    """
    if outputs.kind == "regression" or any(label is None for label in labels):
        return None
    known = np.asarray(labels, dtype=np.int64)
    in_target = np.isin(known, target.indices) & recognised(outputs, logits, target)
    own = logits.argmax(axis=1) == known if outputs.kind == "classes" else logits[np.arange(len(known)), known] > 0
    return in_target | own


def predictions(outputs: Outputs, logits: np.ndarray, class_names: Sequence[str]) -> list[tuple[str, float | None]]:
    """For each photo the predicted class and its probability; for regression the first quantity as text, and None."""
    probabilities = outputs.probabilities(logits)
    if probabilities is None:
        return [(" · ".join(f"{written(value, 4)}" for value in row[:3]), None) for row in logits]
    best = logits.argmax(axis=1)
    return [(class_names[j], float(p[j])) for j, p in zip(best, probabilities, strict=True)]
