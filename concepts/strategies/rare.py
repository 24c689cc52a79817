"""A rare group: a few images far from all others, whose own values have no tail that would explain them."""

import numpy as np

from concepts.strategies.valleys import Valleys

RATIO, SEPARATION = 1.5, 5.0
MOST_SKEWED = 0.5


def rare_groups(X: np.ndarray, valleys: Valleys) -> np.ndarray:
    """(m,) bool: the columns of X (n, m) whose smaller side is too far away for a tail of the larger side.

    Ten images give a valley a small ratio however far they are, so that the distance must speak: Ashman's D ≥ 5 and a
    ratio ≥ 1.5. A tail that reaches so far begins in the larger side (exponential, log-normal, zeros among others): its
    skewness towards the smaller side must be at most 0.5. Of 10,000 samples of 100 numbers at most 12 pass for each of
    14 smooth or zero-inflated shapes with one mode, 310 of a narrow peak on a plateau, and 7,700 where a tenth lies six
    deviations away.
    """
    found = (valleys.ratio >= RATIO) & (valleys.separation >= SEPARATION)
    for j in np.flatnonzero(found):
        found[j] = _skewness_towards_the_fewer(X[:, j], X[:, j] > valleys.threshold[j]) <= MOST_SKEWED
    return found


def _skewness_towards_the_fewer(x: np.ndarray, high: np.ndarray) -> float:
    from scipy.stats import skew

    low_is_larger = 2 * high.sum() <= len(x)
    larger = x[~high] if low_is_larger else -x[high]
    return float(skew(larger)) if np.ptp(larger) > 0 else 0.0
