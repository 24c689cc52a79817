"""How well a name finds the texts of its concept in the space of a text encoder."""

from dataclasses import dataclass

import numpy as np

from concepts.numerics.auroc import auroc
from concepts.numerics.intervals import Estimate
from concepts.wordings.coherence import unit_rows


@dataclass(frozen=True)
class Detection:
    """AUROC of the cosine to the name: active texts against hard and against random inactive ones, as many each.

    Weakly related to what people judge (2507.08473): no concept is to be ranked by it alone.
    """

    hard: Estimate
    random: Estimate
    n_active: int
    n_inactive: int


def detection(vectors: np.ndarray, name: np.ndarray, active: np.ndarray, *, seed: int = 0) -> Detection:
    """The detection score of a name. vectors: (n, p) of the texts; name: (p,), of the same encoder; active: (n,) bool.

    Hard: for each active text the inactive one nearest to it, each used once, so that the topic alone finds nothing.
    Raises ValueError where either side is empty.
    """
    inside, outside = np.flatnonzero(active), np.flatnonzero(~active)
    if not len(inside) or not len(outside):
        raise ValueError(f"{len(inside)} active and {len(outside)} other texts: both are needed to find one among them")
    unit = unit_rows(vectors)
    scores = unit @ unit_rows(name[None])[0]
    random = np.random.default_rng(seed).permutation(outside)[: len(inside)]
    hard = _nearest(unit, inside, outside)
    return Detection(_against(scores, inside, hard), _against(scores, inside, random), len(inside), len(hard))


def _nearest(unit: np.ndarray, inside: np.ndarray, outside: np.ndarray) -> np.ndarray:
    """For each text inside the nearest free one outside, those with the nearest ones choosing first."""
    cosines = unit[inside] @ unit[outside].T
    taken = []
    for i in np.argsort(-cosines.max(axis=1), kind="stable")[: len(outside)]:
        place = int(cosines[i].argmax())
        taken.append(outside[place])
        cosines[:, place] = -np.inf
    return np.array(taken)


def _against(scores: np.ndarray, inside: np.ndarray, others: np.ndarray) -> Estimate:
    return auroc(scores[np.concatenate([inside, others])], np.arange(len(inside) + len(others)) < len(inside))
