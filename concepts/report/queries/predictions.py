"""A model's predictions before and after a change, for one photo or many."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class ClassProbability:
    """A class by its index, and its mean probability before and after the change, in [0, 1]."""

    index: int
    before: float
    after: float


@dataclass(frozen=True)
class PredictionChange:
    """Comparison of two predictions. rows: the likeliest classes before or after, likeliest first. first, then: the
    likeliest class before and after. changed: number of photos, of n, whose own prediction changes. margin: mean logit
    of the class that is likeliest before minus the largest other logit, before and after; it still moves where the
    probability is saturated. None where classes do not exclude each other, or where there is one class only."""

    rows: tuple[ClassProbability, ...]
    first: ClassProbability
    then: ClassProbability
    changed: int
    n: int
    margin: tuple[float, float] | None = None


def mean_margin(logits: np.ndarray, index: int) -> float:
    """Mean over photos of the logit of a class minus the largest other logit, of logits (n, c), c ≥ 2."""
    others = np.delete(logits, index, axis=1).max(axis=1)
    return float((logits[:, index] - others).mean())


def compare_predictions(before: np.ndarray, after: np.ndarray, *, top: int) -> PredictionChange:
    """Comparison of two tables of probabilities (n, c) of the same photos; at most `top` rows."""
    means = before.mean(axis=0), after.mean(axis=0)
    order = np.argsort(-np.maximum(*means), kind="stable")[:top].tolist()

    def row(index: int) -> ClassProbability:
        return ClassProbability(index, float(means[0][index]), float(means[1][index]))

    changed = int((before.argmax(axis=1) != after.argmax(axis=1)).sum())
    first, then = (row(int(mean.argmax())) for mean in means)
    return PredictionChange(tuple(map(row, order)), first, then, changed, len(before))


def predicted_classes(probabilities: np.ndarray) -> list[int]:
    """The likeliest class of each photo, of probabilities (n, c)."""
    return probabilities.argmax(axis=1).tolist()


def share_predicted(probabilities: np.ndarray, index: int) -> float:
    """The share of photos, of probabilities (n, c), whose likeliest class is `index`."""
    return float((probabilities.argmax(axis=1) == index).mean())


def mean_probability(probabilities: np.ndarray, index: int) -> float:
    """The mean probability of a class, of probabilities (n, c)."""
    return float(probabilities[:, index].mean())


def likeliest_classes(probabilities: np.ndarray, n: int) -> list[tuple[int, float]]:
    """The n likeliest classes of one photo, of probabilities (c,), each with its probability."""
    order = np.argsort(-probabilities, kind="stable")[:n].tolist()
    return [(index, float(probabilities[index])) for index in order]
