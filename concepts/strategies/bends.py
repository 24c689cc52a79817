"""Gradual change: two sides that approach each other by way of a third place have images all along the way."""

import numpy as np

NEAR = 1 / 3  # share of a side, nearest to the boundary
N_PERMUTATIONS = 199


def bend(E: np.ndarray, along: np.ndarray, rng: np.random.Generator) -> float:
    """How far both sides of a boundary turn to the same place as they approach it, in standard deviations of chance.

        ⟨δ⁻, δ⁺⟩,   δ± = mean of the third of a side that is nearest to the boundary − mean of the rest of that side

    of the residuals of E (n, k) on `along` (n,), whose sign is the side. Two groups with a gap between them have no
    reason to turn the same way: the product is 0 on average; straight ones of any elongation are removed by the
    regression. On a way through a third place both turn there, and the product is positive. Chance: which images of a
    side are near is permuted. A straight gradual change has no bend, and no valley either.
    """
    sides = [along <= 0, along > 0]
    if min(side.sum() for side in sides) < 3:
        return 0.0
    centred = [(E[side] - E[side].mean(axis=0), along[side] - along[side].mean()) for side in sides]
    slope = sum(x.T @ s for x, s in centred) / max(sum(s @ s for _, s in centred), 1e-12)
    residuals = [x - np.outer(s, slope) for x, s in centred]
    near = [_nearest(np.abs(along[side])) for side in sides]
    product = _turn(residuals[0], near[0]) @ _turn(residuals[1], near[1])
    drawn = [
        _turn(residuals[0], rng.permutation(near[0])) @ _turn(residuals[1], rng.permutation(near[1]))
        for _ in range(N_PERMUTATIONS)
    ]
    return float(product / max(np.std(drawn), 1e-12))


def _nearest(distance: np.ndarray) -> np.ndarray:
    """(m,) bool: the third with the smallest distance, at least one and not all."""
    near = np.zeros(len(distance), dtype=bool)
    near[np.argsort(distance, kind="stable")[: max(1, int(NEAR * len(distance)))]] = True
    return near


def _turn(residuals: np.ndarray, near: np.ndarray) -> np.ndarray:
    return residuals[near].mean(axis=0) - residuals[~near].mean(axis=0)
