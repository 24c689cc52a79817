"""Concepts with two populations of images: present here and absent there, not more or less."""

from dataclasses import dataclass

import numpy as np

from concepts.strategies.evidence import Evidence
from concepts.strategies.splits import smallest_group
from concepts.strategies.suspicion import added_cleanly
from concepts.strategies.valleys import excess, find_valleys


@dataclass(frozen=True)
class Populations:
    """One concept that some images show and others do not.

    present: (n,) bool. score ≥ 0: by how much the valley between them shows more than one hump does by chance
    (`excess`). suspicion in [0, 1]: how cleanly it is something added (`added_cleanly`).
    """

    concept: int
    present: np.ndarray
    score: float
    suspicion: float


def two_populations(evidence: Evidence, smallest_share: float = 0.06) -> tuple[Populations, ...]:
    """The concepts with a convincing valley in any of their views, most suspicious first, then by score.

    A concept is asked alone, each view as `find_valleys` asks a column: no mixture and no pattern has a say, so what is
    found here can be read off the concept itself.
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
