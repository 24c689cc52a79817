"""Concepts with two populations of images: present in some and absent in others, not more or less."""

from dataclasses import dataclass

import numpy as np

from concepts.strategies.evidence import Evidence
from concepts.strategies.splits import smallest_group
from concepts.strategies.suspicion import added_cleanly
from concepts.strategies.valleys import excess, find_valleys


@dataclass(frozen=True)
class Populations:
    """A concept that is present in some images and absent in others.

    present: (n,) bool. score ≥ 0: the excess of the valley between the two over what one mode shows by chance
    (`excess`). suspicion in [0, 1]: how cleanly it is something added (`added_cleanly`).
    """

    concept: int
    present: np.ndarray
    score: float
    suspicion: float


def two_populations(evidence: Evidence, smallest_share: float = 0.06) -> tuple[Populations, ...]:
    """The concepts with a convincing valley in any of their views, most suspicious first, then by score.

    Each concept is tested alone, each view as a column of `find_valleys`: mixtures and patterns are not used, so that
    the result can be read off the concept itself.
    """
    n, k = evidence.values.shape
    valleys = find_valleys(evidence.views, smallest_group(n, smallest_share))
    shown = excess(valleys.ratio, valleys.separation, n)
    found = []
    for j in range(k):
        column = max(range(j, evidence.views.shape[1], k), key=lambda c: (shown[c], valleys.score[c]))
        if shown[column] >= 0:
            high = evidence.views[:, column] > valleys.threshold[column]
            present = high if evidence.presence[j] > 0 else ~high
            found.append(Populations(j, present, float(shown[column]), added_cleanly(evidence, j, present)))
    return tuple(sorted(found, key=lambda each: (-each.suspicion, -each.score)))
