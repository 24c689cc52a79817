"""A probe and concepts on each way to pool, judged on texts held out, and the difference to one of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from concepts.numerics.intervals import Statistic, bootstrap_statistic, interval
from concepts.storage.typed_json import Count, Finite

if TYPE_CHECKING:
    from concepts.models.text.fitting import Labelled

ACCURACY, ERROR, EXPLAINED = "accuracy", "relative ℓ2", "R² of the logits"
LEAST_FOLDS = 2


@dataclass(frozen=True)
class PoolingRow:
    """One figure with its 95% interval, and its difference to the reference's with the interval of that.

    pooling, attention: what is pooled; of the control, "bag of words" and "". n_texts: those it was judged on.
    """

    pooling: str
    attention: str
    measure: str
    value: Finite
    low: Finite
    high: Finite
    difference: Finite
    difference_low: Finite
    difference_high: Finite
    n_texts: Count


@dataclass(frozen=True)
class HeldOut:
    """What was measured of each of n texts, with all that was fitted fitted on the other folds.

    right: 1 where the probe's answer is right. error, energy: ‖a − â‖² and ‖a‖² of its feature beside the mean of the
    fitted texts. residual, variance: of the probe's logits, as the concepts' codes predict them, beside their mean.
    """

    right: np.ndarray
    error: np.ndarray
    energy: np.ndarray
    residual: np.ndarray
    variance: np.ndarray


def accuracy(right: np.ndarray) -> np.ndarray:
    """(...): the share of texts with the right answer, of (..., n)."""
    return np.asarray(right.mean(axis=-1))


def relative_error(error: np.ndarray, energy: np.ndarray) -> np.ndarray:
    """(...): the root of Σ error / Σ energy, of (..., n): relative ℓ2 of centred features."""
    return np.asarray(np.sqrt(error.sum(axis=-1) / energy.sum(axis=-1)))


def r_squared(residual: np.ndarray, variance: np.ndarray) -> np.ndarray:
    """(...): 1 − Σ residual / Σ variance, of (..., n)."""
    return np.asarray(1 - residual.sum(axis=-1) / variance.sum(axis=-1))


MEASURES: Mapping[str, tuple[Statistic, tuple[str, ...], str]] = {  # statistic, its arrays of HeldOut, the better
    ACCURACY: (accuracy, ("right",), "higher"),
    ERROR: (relative_error, ("error", "energy"), "lower"),
    EXPLAINED: (r_squared, ("residual", "variance"), "higher"),
}


def folds_of(labels: np.ndarray, n_folds: int, *, seed: int) -> np.ndarray:
    """(n,): the fold of each text, 0 … n_folds − 1, drawn with the seed; each class is spread over all folds.

    Raises ValueError for fewer than two folds.
    """
    if n_folds < LEAST_FOLDS:
        raise ValueError(f"{n_folds} folds, expected at least {LEAST_FOLDS}: texts are held out from what is fitted")
    generator, folds = np.random.default_rng(seed), np.zeros(len(labels), dtype=int)
    for label in np.unique(labels):
        rows = generator.permutation(np.flatnonzero(labels == label))
        folds[rows] = (np.arange(len(rows)) + generator.integers(n_folds)) % n_folds
    return folds


def held_out(A: np.ndarray, labels: np.ndarray, folds: np.ndarray, *, n_concepts: int, seed: int) -> HeldOut:
    """Probe and concepts of features A (n, p), fitted on all folds but one, measured on that one.

    Probe: logistic regression on features of mean 0 and deviation 1. Concepts: semi-NMF of the centred features; its
    codes predict the probe's logits by least squares.
    """
    found = {name: np.zeros(len(A)) for name in HeldOut.__dataclass_fields__}
    for fold in np.unique(folds):
        inside, outside = folds != fold, folds == fold
        parts = _fold(A[inside].astype(np.float64), labels[inside], A[outside].astype(np.float64), n_concepts, seed)
        found["right"][outside] = parts.predicted == labels[outside]
        for name in ("error", "energy", "residual", "variance"):
            found[name][outside] = getattr(parts, name)
    return HeldOut(**found)


@dataclass(frozen=True)
class _Fold:
    predicted: np.ndarray
    error: np.ndarray
    energy: np.ndarray
    residual: np.ndarray
    variance: np.ndarray


def _fold(fitted: np.ndarray, labels: np.ndarray, other: np.ndarray, n_concepts: int, seed: int) -> _Fold:
    """fitted: (m, p) with labels (m,). other: (r, p), what is measured."""
    import torch

    from concepts.extraction import make_extractor
    from concepts.models.text.fitting import regression, scaling

    mean, gain = scaling(fitted)
    probe = regression().fit((fitted - mean) * gain, labels)
    logits, true = (_logits(probe.decision_function((each - mean) * gain)) for each in (fitted, other))
    extractor = make_extractor("semi_nmf", n_concepts, seed=seed)
    codes = extractor.fit_transform(torch.from_numpy(fitted - mean).float())
    others = extractor.transform(torch.from_numpy(other - mean).float())
    copied = extractor.inverse_transform(others).numpy()
    weights, *_ = np.linalg.lstsq(_with_one(codes.numpy()), logits, rcond=None)
    residual = (true - _with_one(others.numpy()) @ weights) ** 2
    return _Fold(
        predicted=probe.predict((other - mean) * gain),
        error=((other - mean - copied) ** 2).sum(axis=1),
        energy=((other - mean) ** 2).sum(axis=1),
        residual=residual.sum(axis=1),
        variance=((true - logits.mean(axis=0)) ** 2).sum(axis=1),
    )


def _logits(values: np.ndarray) -> np.ndarray:
    """(n, c): c = 1 for two classes."""
    return np.asarray(values.reshape(len(values), -1))


def _with_one(codes: np.ndarray) -> np.ndarray:
    return np.column_stack([codes, np.ones(len(codes))])


def compared(
    measured: Mapping[tuple[str, str], HeldOut], *, reference: tuple[str, str], seed: int = 0
) -> list[PoolingRow]:
    """The rows of each pooling and attention, in the order of the mapping, with the difference to the reference.

    Intervals: bootstrap over texts. Every pooling is drawn with the same texts, so that a difference is paired. What
    other folds or another seed would change is not in them. Raises ValueError for a reference that was not measured.
    """
    if reference not in measured:
        raise ValueError(f"the reference {reference} was not measured: choose one of {', '.join(map(str, measured))}")
    rows = []
    for measure, (statistic, arrays, _) in MEASURES.items():
        base = _drawn(measured[reference], statistic, arrays, seed)
        for (pooling, attention), found in measured.items():
            rows.append(_row(pooling, attention, measure, _drawn(found, statistic, arrays, seed), base, found))
    return rows


def control_row(right: np.ndarray, reference: HeldOut, *, seed: int = 0) -> PoolingRow:
    """The accuracy of a bag of words on the same texts and folds; right: (n,)."""
    base = _drawn(reference, accuracy, ("right",), seed)
    own = float(accuracy(right)), bootstrap_statistic(accuracy, right.astype(np.float64), seed=seed)
    return _row("bag of words", "", ACCURACY, own, base, reference)


Drawn = tuple[float, np.ndarray]


def _drawn(found: HeldOut, statistic: Statistic, arrays: tuple[str, ...], seed: int) -> Drawn:
    """The figure, and its bootstrap draws (resamples,)."""
    given = [getattr(found, name) for name in arrays]
    return float(statistic(*given)), bootstrap_statistic(statistic, *given, seed=seed)


def _row(pooling: str, attention: str, measure: str, own: Drawn, base: Drawn, found: HeldOut) -> PoolingRow:
    (value, draws), (other, others) = own, base
    (low, high), (less, more) = map(_ends, (draws, draws - others))
    return PoolingRow(
        pooling, attention, measure, value, low, high, value - other, less, more, n_texts=len(found.right)
    )  # fmt: skip


def _ends(draws: np.ndarray) -> tuple[float, float]:
    low, high = interval(draws)
    return float(low), float(high)


def bag_of_words_right(data: "Labelled", folds: np.ndarray) -> np.ndarray:
    """(n,) bool: whether a bag of words, fitted on the other folds, has each text right."""
    from dataclasses import replace

    from concepts.models.text.fitting import bag_of_words_answers

    right = np.zeros(len(folds), dtype=bool)
    for fold in np.unique(folds):
        answers = bag_of_words_answers(replace(data, fitted=folds != fold))
        right[folds == fold] = answers == data.labels[folds == fold]
    return right
