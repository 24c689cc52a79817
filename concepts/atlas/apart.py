"""Squares on a plane, moved until they overlap little."""

import numpy as np

STEPS = 80  # iterations at most


def pushed_apart(at: np.ndarray, side: float) -> np.ndarray:
    """(n, 2): centres of squares of that side, moved until the squares overlap little; deterministic.

    In every step, two overlapping squares each move by half of their overlap, along the axis on which it is smaller.
    """
    at = at + 1e-3 * np.column_stack([np.arange(len(at)), np.arange(len(at))[::-1]])  # no two points coincide exactly
    for _ in range(STEPS):
        between = at[:, None] - at[None]  # (n, n, 2)
        overlap = side - np.abs(between)
        touching = (overlap > 0).all(axis=-1) & ~np.eye(len(at), dtype=bool)
        if not touching.any():
            break
        less = overlap.argmin(axis=-1)[..., None] == np.arange(2)
        push = np.where(touching[..., None] & less, np.sign(between) * overlap / 2, 0)
        at = at + push.sum(axis=1) / np.maximum(touching.sum(axis=1), 1)[:, None]
    return at
