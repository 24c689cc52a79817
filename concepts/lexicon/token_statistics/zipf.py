"""Rank and frequency of words: fit of Zipf's law, f_r ∝ r^−s."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from concepts.numerics.intervals import Estimate
from concepts.numerics.jackknife import jackknife_estimate

if TYPE_CHECKING:
    from scipy.sparse import csr_array

SELDOM = 5  # occurrences: rarer words are left out of the fit, their ranks are due to chance
FEWEST = 3  # minimum number of ranks for a line
STEEPEST = 30.0  # exponents are searched between −1 and this


@dataclass(frozen=True)
class ZipfFit:
    """f_r ≈ c r^−s over ranks 1 … `ranks`. exponent: s by log-log least squares; likelihood: s by maximum likelihood.


    r2: of the line, in [0, 1]. constant: c of the line. Intervals are 95% over photos, given the order of the words.
    """

    exponent: Estimate
    likelihood: Estimate
    r2: float
    constant: float
    ranks: int

    def line(self, ranks: np.ndarray) -> np.ndarray:
        """The fitted frequencies at some ranks."""
        return self.constant * ranks.astype(float) ** -float(self.exponent)


def fit_zipf(counts: "csr_array | np.ndarray") -> ZipfFit | None:
    """The fit over all words that occur at least five times; None if these are fewer than three.

    counts: (n, types) of each photo. Least squares weighs every rank equally and is commonly reported; the likelihood,
    of a power law cut off at the last rank,

        Π_r (r^−s / Σ_q q^−s)^f_r,

    weighs every token equally (Clauset, Shalizi & Newman 2009). Ranks come from the same counts, so that equally likely
    words appear slightly unequal: compare with the control.
    """
    totals = np.asarray(counts.sum(axis=0)).ravel()
    order = np.argsort(-totals, kind="stable")
    order = order[totals[order] >= SELDOM]
    if len(order) < FEWEST:
        return None
    frequencies, x = totals[order], np.log(np.arange(1, len(order) + 1))
    slopes = (x - x.mean()) / np.square(x - x.mean()).sum()  # the least-squares slope is slopes · log f
    y = np.log(frequencies)
    s = -float(slopes @ y)
    rest = y - (y.mean() - s * (x - x.mean()))
    spread = float(np.square(y - y.mean()).sum())
    own = counts[:, order]
    return ZipfFit(
        exponent=jackknife_estimate(s, -(own @ (slopes / frequencies))),
        likelihood=_likelihood(own, frequencies, x),
        r2=1 - float(np.square(rest).sum()) / spread if spread > 0 else 1.0,
        constant=float(np.exp(y.mean() + s * x.mean())),
        ranks=len(order),
    )


def _likelihood(counts: "csr_array | np.ndarray", frequencies: np.ndarray, x: np.ndarray) -> Estimate:
    """The s for which the model's mean of log r equals the observed one; the likelihood is concave, so s is unique."""
    from scipy.optimize import brentq

    n = frequencies.sum()
    seen = float(frequencies @ x) / n
    s = float(brentq(lambda s: _moments(x, s)[0] - seen, -1.0, STEEPEST))
    pulls = -(counts @ (x - seen)) / (n * _moments(x, s)[1])
    return jackknife_estimate(s, pulls)


def _moments(x: np.ndarray, s: float) -> tuple[float, float]:
    """Mean and variance of log r under r^−s."""
    weights = np.exp(-s * x)
    weights /= weights.sum()
    mean = float(weights @ x)
    return mean, float(weights @ np.square(x - mean))
