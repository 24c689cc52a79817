"""Intervals for figures: bootstrap over images, Wilson for shares, jackknife for means over pairs of fits."""

import math
from collections.abc import Callable
from typing import Self

import numpy as np

Statistic = Callable[..., np.ndarray]  # of vectors (..., n): one figure each, (...)
RESAMPLES = 1000
BLOCK = 2**22  # random counts held at once: 32 MiB


class Estimate(float):
    """A figure with its 95% interval: a float with the attributes `low` and `high`.

    Both ends are NaN if there is no interval.
    """

    low: float
    high: float

    def __new__(cls, value: float, low: float = math.nan, high: float = math.nan) -> Self:
        self = super().__new__(cls, value)
        self.low, self.high = float(low), float(high)
        return self

    @property
    def value(self) -> float:
        """The figure without its interval."""
        return float(self)

    @property
    def interval(self) -> tuple[float, float]:
        """The lower and the upper end."""
        return self.low, self.high

    def __repr__(self) -> str:
        return f"{float(self):.6g} [{self.low:.6g}, {self.high:.6g}]"


def bootstrap_means(values: np.ndarray, *, seed: int = 0, resamples: int = RESAMPLES, block: int = BLOCK) -> np.ndarray:
    """Means (resamples, ...) of `values` (n, ...) over images drawn with replacement, seeded.

    block: random counts held at once; the draws do not depend on it.
    """
    n = len(values)
    flat = np.asarray(values, dtype=np.float64).reshape(n, -1)
    generator, share = np.random.default_rng(seed), np.full(n, 1 / n)
    step = max(1, block // n)
    sizes = [min(step, resamples - start) for start in range(0, resamples, step)]
    means = [generator.multinomial(n, share, size=size) @ flat / n for size in sizes]  # each (size, ...)
    return np.concatenate(means).reshape(resamples, *values.shape[1:])


def bootstrap_ratios(
    numerators: np.ndarray, denominators: np.ndarray, *, seed: int = 0, resamples: int = RESAMPLES
) -> np.ndarray:
    """Σ numerators / Σ denominators (resamples,) over images drawn with replacement; both (n,), one entry per image.

    The sums are resampled, not the ratios: each image has the weight of its denominator.
    """
    means = bootstrap_means(np.stack([numerators, denominators], axis=1), seed=seed, resamples=resamples)
    with np.errstate(invalid="ignore", divide="ignore"):
        return means[:, 0] / means[:, 1]


def bootstrap_statistic(
    statistic: Statistic, *arrays: np.ndarray, seed: int = 0, resamples: int = RESAMPLES, block: int = BLOCK
) -> np.ndarray:
    """`statistic` (resamples,) of vectors (n,) whose images are drawn jointly, with replacement, seeded.

    block: figures held at once; the draws do not depend on it.
    """
    generator, n = np.random.default_rng(seed), len(arrays[0])
    step = max(1, block // n)
    sizes = [min(step, resamples - start) for start in range(0, resamples, step)]
    drawn = (generator.integers(n, size=(size, n)) for size in sizes)  # the images of one resample per row
    return np.concatenate([statistic(*(array[images] for array in arrays)) for images in drawn])


def interval(draws: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The middle 95% of bootstrap draws (resamples, ...): lower and upper ends."""
    low, high = np.quantile(draws, [0.025, 0.975], axis=0)
    return low, high


def draws_estimate(draws: np.ndarray) -> Estimate:
    """The mean of draws (m,) with their middle 95%, for shuffled controls and random orders."""
    return Estimate(float(np.mean(draws)), *map(float, interval(draws)))


def mean_estimate(values: np.ndarray, *, seed: int = 0) -> Estimate:
    """The mean of one value per image, (n,), with its bootstrap interval."""
    return Estimate(float(np.mean(values)), *_ends(bootstrap_means(values, seed=seed)))


def ratio_estimate(numerators: np.ndarray, denominators: np.ndarray, *, seed: int = 0) -> Estimate:
    """Σ numerators / Σ denominators of one pair per image, each (n,), with its bootstrap interval.

    Draws whose denominators are all zero are left out of the interval. Raises ValueError if all denominators are zero.
    """
    whole = float(np.sum(denominators))
    if whole == 0:
        raise ValueError("every denominator is zero: the ratio has no meaning")
    return Estimate(float(np.sum(numerators)) / whole, *_ends(bootstrap_ratios(numerators, denominators, seed=seed)))


def statistic_estimate(statistic: Statistic, *arrays: np.ndarray, seed: int = 0) -> Estimate:
    """`statistic` of vectors (n,), one entry per image, with its bootstrap interval.

    Draws in which it is not defined (NaN) are left out of the interval.
    """
    return Estimate(float(statistic(*arrays)), *_ends(bootstrap_statistic(statistic, *arrays, seed=seed)))


def share_estimate(holds: np.ndarray) -> Estimate:
    """The share of True over images, (n,) bool, with its Wilson interval, whose width is never zero."""
    return Estimate(float(np.mean(holds)), *wilson(int(np.sum(holds)), len(holds)))


def pairs_estimate(values: np.ndarray) -> Estimate:
    """The mean over all pairs of f independent fits, with its 95% interval; values: (f, f) symmetric, diagonal unused.

    Pairs share fits, so they are not independent: the fits are left out one by one (delete-one jackknife of a
    U-statistic of order 2, Arvesen 1969), with Student's t of f − 1 degrees of freedom. The interval tends to be too
    wide. NaN ends for fewer than three fits.
    """
    from scipy.stats import t

    f = len(values)
    rows = values.sum(axis=1) - np.diag(values)  # over the pairs of each fit
    total = rows.sum() / 2
    mean = total / (f * (f - 1) / 2)
    if f < 3:
        return Estimate(mean)
    without = (total - rows) / ((f - 1) * (f - 2) / 2)
    half = t.ppf(0.975, f - 1) * math.sqrt((f - 1) * np.mean((without - without.mean()) ** 2))
    return Estimate(mean, mean - half, mean + half)


def wilson(successes: int, n: int) -> tuple[float, float]:
    """95% score interval for a share of n trials, in [0, 1]; (0, 1) if n = 0. Source: Wilson 1927."""
    if n == 0:
        return 0.0, 1.0
    z, share = 1.959964, successes / n
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return max(0.0, middle - half), min(1.0, middle + half)


def _ends(draws: np.ndarray) -> tuple[float, float]:
    defined = draws[np.isfinite(draws)]
    if not len(defined):
        return math.nan, math.nan
    low, high = interval(defined)
    return float(low), float(high)
