"""Concepts in a box of fixed width, in which their crops overlap little."""

import numpy as np

WIDTH, MARGIN = 1100.0, 10.0
LOWEST, EACH, HIGHEST = 240.0, 14.0, 1100.0  # pixels of height: minimum, per concept, maximum
SMALLEST, LARGEST = 20.0, 62.0  # pixels of a crop's side
MOST_CROPS = 400  # beside each other in the box
FRAME = 3.0  # pixels of the coloured frame around a crop
STEPS = 80  # iterations of pushing crops apart


def crop_side(n: int) -> float:
    """The side of each of n crops in the box; 0 if there are too many to lie beside each other."""
    return float(np.clip(0.55 * WIDTH / np.sqrt(n), SMALLEST, LARGEST)) if n <= MOST_CROPS else 0.0


def in_box(places: np.ndarray, crop: float) -> tuple[np.ndarray, float]:
    """(n, 2) pixels with y downwards, and the required height. Framed crops are kept beside each other where there is
    room, and inside the box. A crop of side 0 leaves the points unmoved."""
    side = crop + 2 * FRAME if crop else 0.0
    span = np.maximum(np.ptp(places, axis=0), 1e-9)
    width = WIDTH - 2 * MARGIN - side
    most = min(LOWEST + EACH * len(places), HIGHEST)
    height = float(np.clip(width * span[1] / span[0], LOWEST, most)) - 2 * MARGIN - side
    scale = min(width / span[0], height / span[1])
    middle = (places.max(axis=0) + places.min(axis=0)) / 2
    at = (places - middle) * (scale, -scale) + (WIDTH / 2, height / 2 + MARGIN + side / 2)
    at = pushed_apart(at, side) if side else at
    at[:, 0] = at[:, 0].clip(MARGIN + side / 2, WIDTH - MARGIN - side / 2)
    at[:, 1] += MARGIN + side / 2 - at[:, 1].min()
    return at, float(at[:, 1].max() + side / 2 + MARGIN)


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
