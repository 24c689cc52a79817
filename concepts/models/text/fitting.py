"""A logistic regression on features of labelled texts, and the judgement of it on texts held out."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from concepts.models.text.judged import Judged
from concepts.numerics.intervals import wilson

if TYPE_CHECKING:
    from sklearn.linear_model import LogisticRegression

HELD_OUT = 0.2  # share of the texts
C = 0.01  # weakness of the prior on weights of features of unit variance, as in scikit-learn
ROUNDS = 1000
CONSTANT = 1e-6  # of the largest deviation of a channel: one below says nothing, and would be divided by


@dataclass(frozen=True)
class Labelled:
    """Distinct texts with their classes: `labels` (n,) indices into `names`, sorted; `fitted` (n,) True: fit on it."""

    texts: tuple[str, ...]
    labels: np.ndarray
    names: tuple[str, ...]
    fitted: np.ndarray

    def subset(self, rows: Sequence[int]) -> "Labelled":
        """Those at these rows."""
        return Labelled(tuple(self.texts[i] for i in rows), self.labels[rows], self.names, self.fitted[rows])


def labelled(texts: Sequence[str], labels: Sequence[str], *, seed: int) -> Labelled:
    """The texts with a fifth of each class held out, drawn with the seed.

    A text that occurs twice counts once, by its first label: else it could be fitted and held out. Empty ones are left
    out. Raises ValueError for lists of two lengths, fewer than two classes, or a class with one text.
    """
    if len(texts) != len(labels):
        raise ValueError(f"{len(texts)} texts and {len(labels)} labels: give one label for each text")
    first: dict[str, str] = {}
    for text, label in zip(texts, labels, strict=True):
        if text.strip():
            first.setdefault(text, str(label))
    names = tuple(sorted(set(first.values())))
    indices = np.array([names.index(label) for label in first.values()])
    few = [name for i, name in enumerate(names) if (indices == i).sum() < 2]
    if len(names) < 2 or few:
        what = f"the class {few[0]!r} has one text" if few else f"{len(names)} class in the labels"
        raise ValueError(f"{what}: a head needs two classes, of two distinct texts each or more")
    return Labelled(tuple(first), indices, names, _drawn(indices, seed))


def _drawn(labels: np.ndarray, seed: int) -> np.ndarray:
    """(n,) bool, False for the share of each class that is held out, at least one text of it."""
    generator, fitted = np.random.default_rng(seed), np.ones(len(labels), dtype=bool)
    for i in range(int(labels.max()) + 1):
        rows = generator.permutation(np.flatnonzero(labels == i))
        fitted[rows[: max(1, round(HELD_OUT * len(rows)))]] = False
    return fitted


@dataclass(frozen=True)
class FittedHead:
    """weight (c, p) and bias (c,) of a head, c = 1 for two classes; and how well it does."""

    weight: np.ndarray
    bias: np.ndarray
    judged: Judged


def fit_head(A: np.ndarray, data: Labelled) -> FittedHead:
    """The logistic regression on features A (n, p) of the fitted texts, judged on the others.

    It is fitted to features of mean 0 and deviation 1, whose scale is folded into the weights afterwards:
    w · (a − μ) / σ + b = (w / σ) · a + b − (w / σ) · μ. Channels that do not vary get no weight.
    """
    part = A[data.fitted]
    mean, gain = scaling(part)
    model = regression().fit((part - mean) * gain, data.labels[data.fitted])
    weight = model.coef_ * gain
    right = model.predict((A[~data.fitted] - mean) * gain) == data.labels[~data.fitted]
    low, high = wilson(int(right.sum()), len(right))
    judged = Judged(int(data.fitted.sum()), len(right), float(right.mean()), low, high, _rival(data))
    return FittedHead(weight, model.intercept_ - weight @ mean, judged)


def scaling(A: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean and gain (p,) that bring features (n, p) to mean 0 and deviation 1; the gain of a constant channel is 0."""
    mean, deviation = A.mean(axis=0, dtype=np.float64), A.std(axis=0, dtype=np.float64)
    return mean, np.where(deviation > CONSTANT * deviation.max(), 1 / np.maximum(deviation, 1e-30), 0.0)


def _rival(data: Labelled) -> float:
    """The share that a bag of words has right of the texts held out, fitted on the same texts."""
    answers = bag_of_words_answers(data)
    return float(np.mean(answers == data.labels[~data.fitted]))


def bag_of_words_answers(data: Labelled) -> np.ndarray:
    """(m,): the classes that a bag of words, fitted on the fitted texts, says of the m others."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    words = TfidfVectorizer(sublinear_tf=True, token_pattern=r"(?u)\w+|[^\w\s]")
    bag = make_pipeline(words, LogisticRegression(C=10.0, max_iter=ROUNDS))
    chosen = [text for text, use in zip(data.texts, data.fitted, strict=True) if use]
    others = [text for text, use in zip(data.texts, data.fitted, strict=True) if not use]
    return np.asarray(bag.fit(chosen, data.labels[data.fitted]).predict(others))


def regression() -> "LogisticRegression":
    """The logistic regression of all heads and probes."""
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(C=C, max_iter=ROUNDS)
