"""Suspicion: how cleanly an added feature separates images."""

import numpy as np

from concepts.strategies.evidence import Evidence

ADDED = (3.0, 6.0)  # Ashman's D: of one mode cut in two, and of an unquestionable gap
LACKING = (3.3, 4.3)  # a mark displaces others a little (3.5 in the demo's boats), a missing part has 4.2 or more


def suspicion(evidence: Evidence, inside: np.ndarray, others: list[np.ndarray]) -> float:
    """In [0, 1]: how cleanly an added feature separates the strategy: present inside, absent elsewhere, while none of
    the features of the others is missing.

        max over concepts and patterns of added(inside, outside) · max over others of (1 − lacking(other, inside))
        added(a, b) = clip((D − 3) / 3, 0, 1) · max(0, 2 AUC − 1)
        lacking(a, b) = max over concepts of clip(D − 3.3, 0, 1) · max(0, 2 AUC − 1)

    AUC: probability that an image of a shows the concept more than one of b. D: Ashman's, 2.6 to 3.5 where one mode is
    cut in two. A mark in a corner has this property. The second factor clears strategies that are alternatives (this
    part or that one): each has what the others lack. A genuine extra that some images show looks like a mark, so
    suspicion is a reason to look, not a proof. others: one mask (n,) for each other strategy, at least one.
    """
    repeats = evidence.views.shape[1] // len(evidence.presence)
    views = evidence.views * np.tile(evidence.presence, repeats)
    extra = shown_more(np.hstack([views, evidence.patterns]), inside, np.any(others, axis=0), ADDED)
    return extra * max(1 - shown_more(views, other, inside, LACKING) for other in others) if extra else 0.0


def added_cleanly(evidence: Evidence, concept: int, present: np.ndarray) -> float:
    """In [0, 1]: `suspicion` of the images that show one concept, with that concept alone as evidence for it.

    As there, missing concepts count against it: a part in place of another one is not an extra.
    """
    own = np.arange(concept, evidence.views.shape[1], evidence.values.shape[1])
    views = evidence.views * np.tile(evidence.presence, len(own))
    extra = shown_more(views[:, own], present, ~present, ADDED)
    others = np.delete(np.arange(views.shape[1]), own)
    return extra * (1 - shown_more(views[:, others], ~present, present, LACKING)) if extra else 0.0


def shown_more(shown: np.ndarray, inside: np.ndarray, outside: np.ndarray, clear: tuple[float, float]) -> float:
    """In [0, 1]: the largest degree to which a column of shown (n, m) is present inside and absent outside.

    clear: Ashman's D from which a gap counts at all, and at which it is unquestionable. See `suspicion`.
    """
    return float(_shown_more(shown, inside, outside, clear).max(initial=0))


def shown_apart(shown: np.ndarray, inside: np.ndarray) -> np.ndarray:
    """(m,) in [0, 1]: the degree to which each column of shown (n, m) is present inside and absent elsewhere."""
    return _shown_more(shown, inside, ~inside, ADDED)


def _shown_more(shown: np.ndarray, inside: np.ndarray, outside: np.ndarray, clear: tuple[float, float]) -> np.ndarray:
    a, b = shown[inside], shown[outside]
    gap = a.mean(axis=0) - b.mean(axis=0)
    D = np.sqrt(2) * gap / np.sqrt(a.var(axis=0) + b.var(axis=0) + np.square(1e-3 * gap) + np.finfo(float).tiny)
    clean = np.clip((D - clear[0]) / (clear[1] - clear[0]), 0, 1)
    for j in np.flatnonzero(clean > 0):
        clean[j] *= max(0.0, 2 * _auc(a[:, j], b[:, j]) - 1)
    return clean


def _auc(a: np.ndarray, b: np.ndarray) -> float:
    b = np.sort(b)
    below = np.searchsorted(b, a, "left") + np.searchsorted(b, a, "right")
    return float(below.mean() / (2 * len(b)))
