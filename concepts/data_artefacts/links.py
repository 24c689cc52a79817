"""Which concepts carry an artefact of the data: their codes tell the texts that have it."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from concepts.numerics.auroc import auroc, aurocs
from concepts.numerics.intervals import Estimate
from concepts.wordings.controls import random_scores

DRAWS = 20  # of as many random directions as there are concepts
LEAST = 5  # texts with an artefact, and without


@dataclass(frozen=True)
class Link:
    """A concept whose code tells the texts with an artefact: AUROC with its interval, above `control`.

    control: what the best of as many random directions reaches in one draw of twenty, at most.
    """

    artefact: str
    concept: int
    auroc: Estimate
    control: float


def concept_links(
    artefacts: Mapping[str, np.ndarray],
    codes: np.ndarray,
    features: np.ndarray,
    components: np.ndarray,
    *,
    seed: int = 0,
) -> tuple[Link, ...]:
    """The links whose interval lies above the control, artefacts in their order, the strongest concept first.

    artefacts: name → (n,) bool, the texts that have it; left out where fewer than five have it, or lack it. codes:
    (n, k). features: (n, p). components: (k, p). The control chooses the best of k directions in each draw, since the
    strongest of k concepts looks strong by chance. Raises ValueError where the shapes do not fit.
    """
    kept = {name: held for name, held in artefacts.items() if LEAST <= held.sum() <= len(held) - LEAST}
    if wrong := [name for name, held in artefacts.items() if held.shape != (len(codes),)]:
        raise ValueError(f"{wrong[0]!r} is said of {artefacts[wrong[0]].shape} texts, expected ({len(codes)},)")
    if not kept:
        return ()
    holds = np.stack(list(kept.values()), axis=1).astype(float)  # (n, w)
    values, limits = aurocs(codes, holds), _limits(holds, features, components, seed)
    found = []
    for w, (name, held) in enumerate(kept.items()):
        for j in np.argsort(-values[w], kind="stable"):
            if values[w, j] <= limits[w]:
                break
            estimate = auroc(codes[:, j], held)
            if estimate.low > limits[w]:
                found.append(Link(name, int(j), estimate, float(limits[w])))
    return tuple(found)


def _limits(holds: np.ndarray, features: np.ndarray, components: np.ndarray, seed: int) -> np.ndarray:
    """(w,): the 95th percentile over draws of the best AUROC of k random directions."""
    seeds = np.random.SeedSequence(seed).generate_state(DRAWS)
    best = [aurocs(random_scores(features, components, seed=int(each)), holds).max(axis=1) for each in seeds]
    return np.quantile(best, 0.95, axis=0)
