"""Ranks of numbers."""

import numpy as np


def ranks(values: np.ndarray) -> np.ndarray:
    """Ranks 0 … n−1 of each vector (..., n); ties have their mean rank."""
    from scipy.stats import rankdata

    return rankdata(values, axis=-1) - 1


def most_important(phi: np.ndarray) -> np.ndarray:
    """(n,): the concept with the largest φ of each image, the first of equal ones; −1 where all φ are 0. φ: (n, k)."""
    return np.where(phi.any(axis=1), phi.argmax(axis=1), -1)
