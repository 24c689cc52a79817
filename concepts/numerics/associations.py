"""How strongly a property of images goes with a figure or a group of them: measures, 95% intervals, p-values.

Numbers: Spearman's ρ with a figure, the rank-biserial correlation with a group. Categories: the correlation ratio on
ranks with a figure, Cramér's V with a group; both without the bias of few images.
"""

import math
from dataclasses import dataclass

import numpy as np

Z = 1.959964  # of a 95% interval
EDGE = 1e-12  # beside 0 and 1
LEAST = 5  # images of a group or a category: fewer are not tested


@dataclass(frozen=True)
class Association:
    """value in [-1, 1], or [0, 1] for categories, its 95% interval, and the p-value of no association at all."""

    value: float
    low: float
    high: float
    p: float


def spearman_association(property_: np.ndarray, figure: np.ndarray) -> Association | None:
    """Spearman's ρ of two vectors (n,), finite; None where either is constant or n < 10.

    Interval: Fisher's z with the variance (1 + ρ²/2)/(n − 3) of Bonett & Wright (Psychometrika 2000). p: Student's t.
    """
    from scipy.stats import spearmanr

    n = len(figure)
    if n < 2 * LEAST or np.ptp(property_) == 0 or np.ptp(figure) == 0:
        return None
    found = spearmanr(property_, figure)
    rho = float(np.clip(found.statistic, -1, 1))
    width = Z * math.sqrt((1 + rho**2 / 2) / (n - 3))
    z = math.atanh(min(max(rho, EDGE - 1), 1 - EDGE))
    low, high = math.tanh(z - width), math.tanh(z + width)
    return Association(rho, min(low, rho), max(high, rho), float(found.pvalue))


def rank_biserial(property_: np.ndarray, inside: np.ndarray) -> Association | None:
    """2 AUC − 1: positive where the images inside have larger values. property_: (n,), finite; inside: (n,) bool.

    Interval: Newcombe (Statistics in Medicine 2006), method 5, for AUC. p: Mann-Whitney, with ties. None where either
    side has fewer than five images, or the property is constant.
    """
    from scipy.stats import mannwhitneyu

    m, n = int(inside.sum()), int((~inside).sum())
    if min(m, n) < LEAST or np.ptp(property_) == 0:
        return None
    found = mannwhitneyu(property_[inside], property_[~inside], method="asymptotic")
    auc = float(found.statistic) / (m * n)
    low, high = auc_interval(auc, m, n)
    return Association(2 * auc - 1, 2 * low - 1, 2 * high - 1, float(found.pvalue))


def auc_interval(auc: float, m: int, n: int) -> tuple[float, float]:
    """The ends θ at which |AUC − θ| = z · SE(θ), SE of Hanley & McNeil with m and n replaced by their mean inside."""
    from scipy.optimize import brentq

    extra = (m + n) / 2 - 1

    def excess(theta: float) -> float:  # divided by θ(1 − θ), which would add a root at 0 and at 1
        spread = 1 + extra * ((1 - theta) / (2 - theta) + theta / (1 + theta))
        return (auc - theta) ** 2 / (theta * (1 - theta)) - Z**2 * spread / (m * n)

    low = 0.0 if auc <= EDGE else float(brentq(excess, EDGE, min(auc, 1 - EDGE)))
    high = 1.0 if auc >= 1 - EDGE else float(brentq(excess, max(auc, EDGE), 1 - EDGE))
    return low, high


def cramers_v(categories: np.ndarray, inside: np.ndarray) -> Association | None:
    """Cramér's V of categories (n,) whole numbers and a group (n,) bool, with the bias correction of Bergsma (2013).

    p: Pearson's χ². Interval: `_share_interval`. None where fewer than two categories, or sides, have five images.
    """
    from scipy.stats import chi2_contingency

    names, places = np.unique(categories, return_inverse=True)
    if len(names) < 2 or min(inside.sum(), (~inside).sum()) < LEAST:
        return None
    table = np.zeros((len(names), 2))
    np.add.at(table, (places, inside.astype(int)), 1)
    found = chi2_contingency(table, correction=False)
    n, r = len(categories), len(names)
    squared = max(0.0, found.statistic / n - (r - 1) / (n - 1))
    smaller = min(r - (r - 1) ** 2 / (n - 1), 2 - 1 / (n - 1)) - 1
    low, high = _share_interval(float(found.statistic), r - 1, n)
    return _of_squares(squared / smaller, low, high, float(found.pvalue))


def correlation_ratio(categories: np.ndarray, figure: np.ndarray) -> Association | None:
    """η of the ranks of a figure (n,) between categories (n,): η² = (H − r + 1)/(n − r), H of Kruskal and Wallis.

    This is the share of the ranks' variance that the r categories explain, without what they explain by chance
    (Tomczak & Tomczak 2014). p: Kruskal-Wallis. Interval: `_share_interval`. None for fewer than two categories, and a
    constant figure.
    """
    from scipy.stats import kruskal

    names = np.unique(categories)
    n, r = len(figure), len(names)
    if r < 2 or n <= r or np.ptp(figure) == 0:
        return None
    found = kruskal(*(figure[categories == name] for name in names))
    low, high = _share_interval(float(found.statistic), r - 1, n - 1)
    return _of_squares(max(0.0, (found.statistic - r + 1) / (n - r)), low, high, float(found.pvalue))


def _share_interval(statistic: float, freedom: int, n: int) -> tuple[float, float]:
    """95% interval of λ/n, λ the noncentrality of a χ² statistic with so many degrees of freedom.

    The ends are those λ for which the statistic is at the 97.5th and the 2.5th percentile (Smithson, Confidence
    Intervals, 2003, section 5); 0 where none is.
    """
    from scipy.optimize import brentq
    from scipy.stats import ncx2

    def end(share: float) -> float:
        def excess(noncentrality: float) -> float:
            return float(ncx2.cdf(statistic, freedom, noncentrality)) - share

        most = statistic + 10 * math.sqrt(statistic + 1) + 20
        return float(brentq(excess, 0, most)) if excess(1e-12) > 0 else 0.0

    return end(0.975) / n, end(0.025) / n


def _of_squares(value: float, low: float, high: float, p: float) -> Association:
    """The association from squares, each at most 1; the interval holds the value."""
    root, lowest, highest = (math.sqrt(min(1.0, square)) for square in (value, low, high))
    return Association(root, min(lowest, root), max(highest, root), p)


def with_enough(categories: np.ndarray) -> np.ndarray:
    """(n,) bool, True for images whose category has at least five images."""
    _, places, counts = np.unique(categories, return_inverse=True, return_counts=True)
    return (counts >= LEAST)[places]
