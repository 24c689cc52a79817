"""Groups by the definition: what pairs connect, found one item after the other."""

import numpy as np


def connected(alike: np.ndarray) -> tuple[tuple[int, ...], ...]:
    """The groups of two or more that pairs (n, n) bool connect, in order."""
    groups, left = [], set(range(len(alike)))
    while left:
        group, reached = set(), {min(left)}
        while reached:
            group |= reached
            reached = {int(j) for i in reached for j in np.flatnonzero(alike[i])} - group
        left -= group
        groups.append(tuple(sorted(group)))
    return tuple(group for group in groups if len(group) > 1)
