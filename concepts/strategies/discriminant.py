"""Fisher's discriminant: the direction that best separates two groups of images."""

import numpy as np

SHRINKAGE = 0.3
MOST_STEPS = 3


def fisher_direction(E: np.ndarray, inside: np.ndarray) -> np.ndarray:
    """(k,): the unit direction that best separates those images from the rest, in the metric of the spread inside both.

    Fisher's discriminant with the spread shrunk towards a ball, because there may be few images for k concepts.
    """
    if inside.all() or not inside.any():
        return np.eye(E.shape[1])[0]
    means = E[inside].mean(axis=0), E[~inside].mean(axis=0)
    centred = E - np.where(inside[:, None], *means)
    spread = centred.T @ centred / len(E)
    spread += np.eye(len(spread)) * (SHRINKAGE * np.trace(spread) / len(spread) + 1e-9)
    direction = np.linalg.solve(spread, means[0] - means[1])
    return direction / max(np.linalg.norm(direction), 1e-12)


def between_sides(E: np.ndarray, inside: np.ndarray) -> tuple[np.ndarray, float, float]:
    """(direction (k,), middle, half): E @ direction has mean middle + half inside, and middle − half elsewhere."""
    direction = fisher_direction(E, inside)
    along = E @ direction
    high, low = along[inside].mean(), along[~inside].mean()
    return direction, float(high + low) / 2, max(float(high - low) / 2, 1e-9)


def settled(E: np.ndarray, inside: np.ndarray, fewest: int) -> np.ndarray:
    """(n,) bool: the two sides after each image went to the nearer mean along Fisher's direction, at most three times.

    A k-means with two centres in the metric of the spread inside them; it ends before a side has less than `fewest`.
    """
    for _ in range(MOST_STEPS):
        direction, middle, _ = between_sides(E, inside)
        moved = E @ direction > middle
        if min(moved.sum(), (~moved).sum()) < fewest or (moved == inside).all():
            break
        inside = moved
    return inside
