"""Test for two populations in a sample of numbers: a scan for the deepest valley between two modes."""

from dataclasses import dataclass

import numpy as np

SPANS = (1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144)  # spacings in a valley
SHARES = (0.5, 0.75, 1.0)  # share of a side, counted from the valley, taken as its mode
RATIO, SEPARATION, TOGETHER = 4.0, 3.0, 20.0  # see `excess`


@dataclass(frozen=True)
class Valleys:
    """One entry per column: log-likelihood ratio of the valley, threshold inside it, Ashman's D of the two sides."""

    ratio: np.ndarray
    threshold: np.ndarray
    separation: np.ndarray

    @property
    def score(self) -> np.ndarray:
        """ratio + 3 D, as in `excess`, so that the best split is the largest."""
        return self.ratio + 3 * self.separation


def excess(ratio: np.ndarray, separation: np.ndarray, n: int) -> np.ndarray:
    """Excess of a valley over what one mode shows by chance; −∞ where ratio or D alone is too small.

    One mode of any shape (uniform is the worst case) has a small ratio *or* a small D: over uniform, normal, gamma,
    log-normal, Laplace and Student samples of 30 to 3,000 fewer than 1 in 2,000 reach 0. n evenly spaced numbers have
    D = 3.46 and a ratio that grows like log n.
    """
    ratio = ratio - max(0.0, np.log(n / 200))
    needed = TOGETHER + 2 * max(0.0, np.log2(150 / n))
    return np.where((ratio >= RATIO) & (separation >= SEPARATION), ratio + 3 * separation - needed, -np.inf)


def find_valleys(X: np.ndarray, smallest: int) -> Valleys:
    """The most significant valley of every column of X (n, m), with at least `smallest` numbers on each side.

    A valley is a run of h spacings whose points are less dense than those of a mode below *and* of a mode above it.
    Each side is measured by the log-likelihood ratio of two Poisson rates,

        L = h log(r_v / r) + c log(r_s / r),   r_v = h / width_v, r_s = c / width_s, r = (h + c) / (width_v + width_s),

    and the valley by the smaller of its sides. Under a density with one mode a side can look denser by chance only, and
    most easily when the density is even. Similar to Dümbgen & Walther 2008 (multiscale tests for increases and
    decreases of a density); unlike the dip of Hartigan & Hartigan 1985 it keeps its power when a mode is small.
    Equal numbers are `spread` first: between whole numbers there is no valley. A constant column has ratio 0.
    """
    X = np.sort(X, axis=0)
    exact, X = X, spread(X)
    n, m = X.shape
    ratio, threshold, span = np.zeros(m), X[0].copy(), X[-1] - X[0]
    units, rounding = X / np.where(span > 0, span, 1.0), np.where(span > 0, 1e-9, 1.0)  # the ratio has no unit
    for h in SPANS:
        if n < 2 * smallest + h - 1 or (h > 1 and h > n // 8):
            break
        L = _valley_ratios(units, h, smallest, rounding)
        best = L.argmax(axis=0)
        value = np.take_along_axis(L, best[None], axis=0)[0]
        middle = _widest_gap(X, best + smallest - 1, h)
        better = value > ratio
        ratio, threshold = np.where(better, value, ratio), np.where(better, middle, threshold)
    return Valleys(ratio, threshold, separation(exact, threshold))


def spread(X: np.ndarray) -> np.ndarray:
    """Sorted columns in which equal numbers are spread evenly over the width to which they were rounded.

    That width is the smallest step between different numbers of the column; where there are only two, half the step,
    so that they stay two modes. Many equal numbers among continuous ones (exact zeros) stay together.
    """
    steps = np.diff(X, axis=0)
    least = 1e-9 * (X[-1] - X[0])
    tied = np.flatnonzero((steps <= least).any(axis=0) & (least > 0))
    X = X.copy() if len(tied) else X
    for j in tied:
        new = np.r_[True, steps[:, j] > least[j]]
        level = np.cumsum(new) - 1
        first, count = np.flatnonzero(new), np.bincount(level)
        width = min(np.diff(X[first, j]).min(), (X[-1, j] - X[0, j]) / 2)
        X[:, j] += width * ((np.arange(len(X)) - first[level] + 0.5) / count[level] - 0.5)
    return X


def _valley_ratios(X: np.ndarray, h: int, smallest: int, rounding: np.ndarray) -> np.ndarray:
    """(positions, m): the ratio of a valley of h spacings at each place, the smaller of its two sides."""
    n = len(X)
    low = np.arange(smallest - 1, n - smallest - h + 1)  # the last number below the valley
    high = low + h
    width = _single(X[high] - X[low] + rounding)
    below, above = np.zeros_like(width), np.zeros_like(width)
    for share in SHARES:
        down = np.maximum((share * low).astype(int), 1)
        up = np.maximum((share * (n - 1 - high)).astype(int), 1)
        width_down = _single(X[low] - X[np.maximum(low - down, 0)] + rounding)
        width_up = _single(X[np.minimum(high + up, n - 1)] - X[high] + rounding)
        below = np.maximum(below, _rate_ratio(h, width, _single(down[:, None]), width_down))
        above = np.maximum(above, _rate_ratio(h, width, _single(up[:, None]), width_up))
    return np.minimum(below, above)


def _single(values: np.ndarray) -> np.ndarray:
    """Single precision: widths are computed in double; their logarithms need only single, which is 5 times as fast."""
    return values.astype(np.float32)


def _rate_ratio(h: int, width_v: np.ndarray, c: np.ndarray, width_s: np.ndarray) -> np.ndarray:
    valley, side, both = h / width_v, c / width_s, (h + c) / (width_v + width_s)
    return np.where(valley < side, h * np.log(valley / both) + c * np.log(side / both), 0.0)


def _widest_gap(X: np.ndarray, low: np.ndarray, h: int) -> np.ndarray:
    """(m,): the middle of the widest gap among the h spacings from row `low` of each column."""
    rows = low + np.arange(h + 1)[:, None]  # (h + 1, m)
    inside = np.take_along_axis(X, rows, axis=0)
    at = np.diff(inside, axis=0).argmax(axis=0)[None]
    return (np.take_along_axis(inside, at, axis=0) + np.take_along_axis(inside, at + 1, axis=0))[0] / 2


def separation(X: np.ndarray, threshold: np.ndarray) -> np.ndarray:
    """Ashman's D of the two sides of a threshold, for every column: √2 · |m₁ − m₂| / √(s₁² + s₂²); 0 for an empty side.

    One normal mode cut in half has 2.6, a uniform one 3.46. Source: Ashman, Bird & Zepf 1994.
    """
    above = threshold < X
    n_high = above.sum(axis=0)
    n_low = len(X) - n_high
    used = (n_low > 0) & (n_high > 0)
    mean_high = np.where(above, X, 0).sum(axis=0) / np.maximum(n_high, 1)
    mean_low = np.where(above, 0, X).sum(axis=0) / np.maximum(n_low, 1)
    rest = np.square(X - np.where(above, mean_high, mean_low))
    spread = np.where(above, rest, 0).sum(axis=0) / np.maximum(n_high, 1)
    spread = spread + np.where(above, 0, rest).sum(axis=0) / np.maximum(n_low, 1)
    gap = mean_high - mean_low
    return np.where(used, np.sqrt(2) * gap / np.sqrt(spread + np.square(1e-3 * gap) + np.finfo(float).tiny), 0.0)
