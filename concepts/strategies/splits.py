"""From evidence to groups: split where two populations are convincing, then test each part again, else stop."""

from dataclasses import dataclass

import numpy as np

from concepts.strategies.evidence import Evidence
from concepts.strategies.known import known_split
from concepts.strategies.mixtures import BEYOND_DOUBT, joint_split
from concepts.strategies.rare import rare_groups
from concepts.strategies.valleys import excess, find_valleys

MOST_TESTED = 1000  # images on which a split is searched; it then applies to the others
DEEPER_MORE = 10.0
AS_CLEAR = 0.7  # share of the best column's clarity below which a column does not shift the boundary
PATTERN_MORE = 14.0  # the largest value of a pattern of codes is 9 on photos without marks, 13 on heavy-tailed noise
SHARP = 0.5  # log-likelihood ratio per image of the smaller side, of patterns of codes: natural ones are below
CROWD = 0.9  # few patterns show a mark; where more than a tenth have a valley, the codes have long tails
PLACES_MORE = 3.0  # patterns of activations are at most −2 on photos without marks (benchmarks/marks.py)
PLACES_APART = 4.5  # least Ashman's D of these: marks have 5 and more, natural variety in the demo up to 4


@dataclass(frozen=True)
class GroupSplit:
    """Images whose projection on `direction` exceeds `threshold` go to `high`, the others to `low`.

    `direction` is over the `features` of images. A leaf is an int, the group.
    """

    direction: np.ndarray
    threshold: float
    low: "GroupSplit | int"
    high: "GroupSplit | int"


def smallest_group(n: int, share: float) -> int:
    """Smallest size of a group: the share of n, but at least 8, or a quarter of a very small set."""
    return max(int(np.ceil(share * n)), min(8, max(2, n // 4)))


def grow(
    evidence: Evidence, rows: np.ndarray, smallest: int, rng: np.random.Generator, *, more: float = 0.0
) -> "GroupSplit | int":
    """The tree of splits over those rows; its leaves are all 0 and are numbered by `assign`.

    Below the first split more evidence is required, so that a lesser difference does not cut one strategy. The
    requirement is smaller, the smaller the group that was split off: nearly the whole set is tested nearly as the
    whole.
    """
    tested = rng.choice(rows, MOST_TESTED, replace=False) if len(rows) > MOST_TESTED else rows
    found = best_split(evidence, tested, max(2, smallest * len(tested) // len(rows)), rng, more)
    if found is None:
        return 0
    direction, threshold = found
    high = features(evidence, rows) @ direction > threshold
    if min(high.sum(), (~high).sum()) < smallest:
        return 0
    low_tree, high_tree = (
        grow(evidence, rows[side], smallest, rng, more=max(more, DEEPER_MORE * min(1.0, 2 - 2 * float(side.mean()))))
        for side in (~high, high)
    )
    return GroupSplit(direction, threshold, low_tree, high_tree)


def features(evidence: Evidence, rows: np.ndarray) -> np.ndarray:
    return np.hstack([evidence.views[rows], evidence.patterns[rows], evidence.values[rows]])


def best_split(
    evidence: Evidence, rows: np.ndarray, smallest: int, rng: np.random.Generator, more: float
) -> tuple[np.ndarray, float] | None:
    """Direction and threshold of the most convincing split of those rows, by one concept, by one local pattern, by a
    mixture of concepts or by a group known from elsewhere; or None."""
    alone = np.hstack([evidence.views[rows], evidence.patterns[rows]])
    if len(rows) < 2 * smallest or not np.ptp(alone, axis=0).any():
        return None
    m, k = alone.shape[1], evidence.values.shape[1]
    column, score, threshold = _best_column(alone, evidence, smallest, more)
    direction = np.zeros(m + k)
    if score > 0:
        direction[:m], threshold = sharpened(alone, column, threshold, smallest)
    joint = joint_split(evidence.values[rows], smallest, rng, more, score) if score < BEYOND_DOUBT else None
    if joint is not None:
        score, direction, threshold = joint[0], np.concatenate([np.zeros(m), joint[1]]), joint[2]
    known = known_split(evidence.values[rows], evidence.known[rows], smallest, rng, more)
    if known is not None and known.score > score:
        score, direction, threshold = known.score, np.concatenate([np.zeros(m), known.direction]), known.threshold
    return (direction, float(threshold)) if score > 0 else None


def _best_column(alone: np.ndarray, evidence: Evidence, smallest: int, more: float) -> tuple[int, float, float]:
    """(column, score, threshold) of the best convincing valley; score 0 where none is.

    Columns after the views are patterns. They are many, so that more is required. Patterns of codes also saturate, so
    that they additionally need twice the excess that a tenth of their valleys reach, and a ratio per image of the
    smaller side of at least SHARP.
    """
    n, n_views = len(alone), evidence.views.shape[1]
    valleys = find_valleys(alone, smallest)
    shown, extra = excess(valleys.ratio, valleys.separation, n), np.zeros(alone.shape[1])
    if evidence.from_places:
        extra[n_views:] = np.where(valleys.separation[n_views:] < PLACES_APART, np.inf, PLACES_MORE)
    elif n_views < alone.shape[1]:
        extra[n_views:] = PATTERN_MORE + 2 * np.quantile(np.maximum(shown[n_views:], 0), CROWD)
        high = (alone > valleys.threshold).sum(axis=0)
        extra[n_views:][(valleys.ratio < SHARP * np.minimum(high, n - high))[n_views:]] = np.inf
    passed = shown >= more + extra
    if more <= 0:
        passed[:n_views] |= rare_groups(alone, valleys)[:n_views]
    score = np.where(passed, valleys.score - extra, 0.0)
    best = int(score.argmax())
    return best, float(score[best]), float(valleys.threshold[best])


def sharpened(X: np.ndarray, column: int, threshold: float, smallest: int) -> tuple[np.ndarray, float]:
    """Direction (m,) and threshold of the split by a column of X, over all columns that show it nearly as well.

    Each column is weighted by its gap over its variance inside both sides, as for independent normal columns. The
    column alone puts the few images at the foot of the mode on the wrong side. Where the sum has no valley, the column
    remains.
    """
    high = X[:, column] > threshold
    gap = X[high].mean(axis=0) - X[~high].mean(axis=0)
    variance = X[high].var(axis=0) + X[~high].var(axis=0) + 1e-6
    clarity = np.abs(gap) / np.sqrt(variance)
    weights = np.where(clarity >= AS_CLEAR * clarity[column], gap / variance, 0.0)
    weights /= np.linalg.norm(weights)
    valley = find_valleys((X @ weights)[:, None], smallest)
    if valley.ratio[0] > 0:
        return weights, float(valley.threshold[0])
    return np.eye(X.shape[1])[column], threshold


def assign(tree: "GroupSplit | int", X: np.ndarray) -> np.ndarray:
    """(n,) group of each row of X, the features of images, numbered from 0 in the order of the leaves."""
    labels = np.zeros(len(X), dtype=int)
    counter = 0

    def walk(node: "GroupSplit | int", rows: np.ndarray) -> None:
        nonlocal counter
        if isinstance(node, int):
            labels[rows] = counter
            counter += 1
            return
        high = X[rows] @ node.direction > node.threshold
        walk(node.low, rows[~high])
        walk(node.high, rows[high])

    walk(tree, np.arange(len(X)))
    return labels
