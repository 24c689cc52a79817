"""Stability of dictionaries: distance of the concepts from other images, or from other starts."""

import itertools
import math
from collections.abc import Callable, Sequence
from typing import Protocol, Self

import numpy as np
import torch
from torch import Tensor

from concepts.metrics.arrays import Array, activations
from concepts.numerics.intervals import Estimate, pairs_estimate
from concepts.numerics.matching import match_dictionaries

ROUNDING = 1e-5  # k-means centres of activations ≥ 0 can be below 0 by this share of the largest entry


class Fitted(Protocol):
    """The required part of a fitted extractor: V (k, p), None before the fit; `signed_codes` where it exists."""

    @property
    def components_(self) -> Tensor | None: ...


class Fittable(Protocol):
    """An extractor that is not fitted yet."""

    def fit(self, A: Tensor, /) -> Fitted: ...


class Stability(Estimate):
    """Mean 1 − cosine of matched concepts over all pairs of fits: 0 is the same dictionary each time; lower is better.

    low, high: 95% interval over fits (`pairs_estimate`), within [0, 2]. pairs: one figure per pair of fits, in the
    order (0, 1), (0, 2), … control: the same for random dictionaries of the same size and sign, the chance level.
    """

    pairs: tuple[float, ...]
    control: float

    def __new__(
        cls,
        value: float,
        low: float = math.nan,
        high: float = math.nan,
        pairs: tuple[float, ...] = (),
        control: float = math.nan,
    ) -> Self:
        self = super().__new__(cls, value, low, high)
        self.pairs, self.control = pairs, control
        return self


def stability(fit: Callable[[int], Fittable], A: Array, n_folds: int = 5, *, seed: int = 0) -> Stability:
    """Distance between the dictionaries of n_folds disjoint parts of the images, each from its own start.

        mean over pairs of folds, mean over matched concepts, of 1 − cos(v, w)

    fit: seed → unfitted extractor; called with seed, seed + 1, … A: (m, p) or (n, T..., p): the folds are of the first
    axis, so positions of one image stay together. The folds share nothing, unlike the training parts of
    cross-validation, whose overlap would make the figure too good. It describes fits to 1 / n_folds of the images.
    Source: Holistic, section 4.1. Raises ValueError for fewer than two folds or fewer images than folds.
    """
    A = activations(A)
    if not 2 <= n_folds <= len(A):
        raise ValueError(f"n_folds is {n_folds} for {len(A)} images: ask for at least 2 and at most one an image")
    order = torch.randperm(len(A), generator=torch.Generator().manual_seed(seed)).to(A.device)
    folds = (A[part.sort().values].flatten(0, -2) for part in order.tensor_split(n_folds))
    return compare_fits([fit(seed + i).fit(fold) for i, fold in enumerate(folds)], seed=seed)


def seed_stability(fit: Callable[[int], Fittable], A: Array, n_seeds: int = 5, *, seed: int = 0) -> Stability:
    """Distance between the dictionaries of n_seeds starts on all of the same data: chance in the fit alone.

    fit, A: as in `stability`. 0 for a deterministic method (pca). Raises ValueError for fewer than two seeds.
    """
    if n_seeds < 2:
        raise ValueError(f"n_seeds is {n_seeds}: at least two fits are needed to compare")
    rows = activations(A).flatten(0, -2)
    return compare_fits([fit(seed + i).fit(rows) for i in range(n_seeds)], seed=seed)


def compare_fits(fitted: Sequence[Fitted], *, seed: int = 0) -> Stability:
    """The `Stability` of extractors that are already fitted, at least two; |cosine| where their codes are signed.

    The extractors must be independent fits for the interval to hold. `seed` draws the control.
    Raises ValueError where one is not fitted.
    """
    dictionaries = [V for extractor in fitted if (V := extractor.components_) is not None]
    if len(dictionaries) < len(fitted):
        raise ValueError(f"{len(fitted) - len(dictionaries)} extractors are not fitted: call fit before they compare")
    signed = bool(getattr(fitted[0], "signed_codes", False))
    distances = _distances(dictionaries, signed)
    control = _distances(_random_like(dictionaries, seed), signed)
    estimate, upper = pairs_estimate(distances), np.triu_indices(len(fitted), 1)
    low, high = (float(np.clip(end, 0, 2)) for end in estimate.interval)
    pairs = tuple(distances[upper].tolist())
    return Stability(estimate.value, low, high, pairs, float(control[upper].mean()))


def _distances(dictionaries: list[Tensor], signed: bool) -> np.ndarray:
    """Distances (f, f) of the dictionaries, symmetric, 0 on the diagonal."""
    distances = np.zeros((len(dictionaries), len(dictionaries)))
    for i, j in itertools.combinations(range(len(dictionaries)), 2):
        distance = match_dictionaries(dictionaries[i], dictionaries[j], signed=signed).distance
        distances[i, j] = distances[j, i] = distance
    return distances


def _random_like(dictionaries: list[Tensor], seed: int) -> list[Tensor]:
    """As many dictionaries of normal entries of the same shapes, ≥ 0 where all given ones are (up to rounding)."""
    generator = torch.Generator().manual_seed(seed)
    random = [torch.randn(V.shape, generator=generator, dtype=torch.float64) for V in dictionaries]
    return [V.abs() for V in random] if all(V.min() >= -ROUNDING * V.abs().max() for V in dictionaries) else random
