"""How alike the texts are in which a concept is most active, beside random texts."""

import math
from dataclasses import dataclass

import numpy as np

from concepts.numerics.intervals import Estimate, draws_estimate, pairs_estimate

DRAWS = 200


@dataclass(frozen=True)
class Coherence:
    """Mean cosine of all pairs among the top texts, and among as many random texts; gain: the first minus the second.

    top: interval over texts (jackknife). random: the middle 95% of random sets. gain: both joined, for independent
    figures (Newcombe, Statistics in Medicine 1998, method 10); above 0 surely where `gain.low` > 0.
    """

    top: Estimate
    random: Estimate
    gain: Estimate


def coherence(vectors: np.ndarray, top: np.ndarray, *, seed: int = 0) -> Coherence:
    """The coherence of the texts at the indices `top` (m,) among all n. vectors: (n, p), of an encoder of texts.

    A random set may hold top texts. Raises ValueError for fewer than three top texts.
    """
    return coherence_of_unit(unit_rows(vectors), top, seed=seed)


def coherence_of_unit(unit: np.ndarray, top: np.ndarray, *, seed: int = 0) -> Coherence:
    """`coherence` of vectors (n, p) of length 1, for many concepts of the same texts."""
    if len(top) < 3:
        raise ValueError(f"{len(top)} top texts, expected at least three: take more, or leave the concept out")
    generator = np.random.default_rng(seed)
    pairs = unit[top] @ unit[top].T
    drawn = (generator.choice(len(unit), size=len(top), replace=False) for _ in range(DRAWS))
    random = draws_estimate(np.array([_mean_cosine(unit[texts]) for texts in drawn]))
    mean = pairs_estimate(pairs)
    return Coherence(mean, random, difference(mean, random))


def difference(first: Estimate, second: Estimate) -> Estimate:
    """The first minus the second, independent of it: each end takes the squares of the distances to the ends."""
    gap = first.value - second.value
    below = math.hypot(first.value - first.low, second.high - second.value)
    above = math.hypot(first.high - first.value, second.value - second.low)
    return Estimate(gap, gap - below, gap + above)


def unit_rows(vectors: np.ndarray) -> np.ndarray:
    """Rows (n, p) of length 1; rows of zeros stay."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors / np.where(lengths > 0, lengths, 1)


def _mean_cosine(unit: np.ndarray) -> float:
    """Over all pairs of rows (m, p) of length 1, or 0."""
    m, total = len(unit), unit.sum(axis=0)
    return float((total @ total - np.square(unit).sum()) / (m * (m - 1)))
