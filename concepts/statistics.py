"""Intervals for the figures shown: bootstrap over images, Wilson for shares."""

import math

import numpy as np

RESAMPLES = 1000


def bootstrap_means(values: np.ndarray, *, seed: int = 0, resamples: int = RESAMPLES) -> np.ndarray:
    """Means (resamples, ...) of `values` (n, ...) over images drawn with replacement, seeded."""
    n = len(values)
    counts = np.random.default_rng(seed).multinomial(n, np.full(n, 1 / n), size=resamples)  # (resamples, n)
    flat = np.asarray(values, dtype=np.float64).reshape(n, -1)
    return (counts @ flat / n).reshape(resamples, *values.shape[1:])


def interval(draws: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The middle 95% of bootstrap draws (resamples, ...): lower and upper ends."""
    low, high = np.quantile(draws, [0.025, 0.975], axis=0)
    return low, high


def wilson(successes: int, n: int) -> tuple[float, float]:
    """95% score interval for a share of n trials, in [0, 1]; (0, 1) when n = 0. Source: Wilson 1927."""
    if n == 0:
        return 0.0, 1.0
    z, share = 1.959964, successes / n
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return max(0.0, middle - half), min(1.0, middle + half)


def ranks(values: np.ndarray) -> np.ndarray:
    """Ranks 0 … n−1 of a vector, ties sharing their mean rank."""
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts) - 1
    return (last - (counts - 1) / 2)[inverse]
