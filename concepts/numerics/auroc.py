"""Area under the ROC curve, with DeLong's interval: how well a score tells two groups apart."""

import math

import numpy as np

from concepts.numerics.associations import auc_interval
from concepts.numerics.intervals import Estimate

Z = 1.959964  # of a 95% interval


def auroc(scores: np.ndarray, positive: np.ndarray) -> Estimate:
    """The chance that a positive has a larger score than a negative, ties counting half: in [0, 1], 0.5 by chance.

    scores: (n,), finite. positive: (n,) bool. Interval: the variance of DeLong et al. (Biometrics 1988) on the logit
    scale; at 0 and at 1, where that is 0, and for groups of one, Newcombe's (`auc_interval`). NaN where either group is
    empty.
    """
    m, n = int(positive.sum()), int((~positive).sum())
    if not m or not n:
        return Estimate(math.nan)
    inside, outside = _placements(scores, positive)
    value = float(inside.mean())
    if value in (0.0, 1.0) or min(m, n) < 2:
        return Estimate(value, *auc_interval(value, m, n))
    error = math.sqrt(inside.var(ddof=1) / m + outside.var(ddof=1) / n)
    middle, half = math.log(value / (1 - value)), Z * error / (value * (1 - value))
    return Estimate(value, 1 / (1 + math.exp(half - middle)), 1 / (1 + math.exp(-half - middle)))


def aurocs(scores: np.ndarray, holds: np.ndarray) -> np.ndarray:
    """AUROC (w, k) of k scores (n, k) for each of w groups, `holds` (n, w) of 0 and 1, dense or sparse.

    NaN for a group that holds none or all of the n items.
    """
    from scipy.stats import rankdata

    sums = np.asarray(holds.T @ rankdata(scores, axis=0))  # (w, k)
    m = np.asarray(holds.sum(axis=0)).ravel()[:, None]
    with np.errstate(invalid="ignore", divide="ignore"):
        return (sums - m * (m + 1) / 2) / (m * (len(scores) - m))


def _placements(scores: np.ndarray, positive: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """For each positive the share of negatives below it, (m,); for each negative the share of positives above, (n,)."""
    from scipy.stats import rankdata

    among_all, inside, outside = rankdata(scores), scores[positive], scores[~positive]
    below = (among_all[positive] - rankdata(inside)) / len(outside)
    above = 1 - (among_all[~positive] - rankdata(outside)) / len(inside)
    return below, above
