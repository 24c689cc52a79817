"""Importance of each concept in a photo, from its φ."""

import numpy as np


def by_size(phi: np.ndarray) -> list[int]:
    """The concepts of one photo, φ (k,), by |φ|, largest first; ties in order of index."""
    return np.argsort(-np.abs(phi), kind="stable").tolist()


def evidence_shares(phi: np.ndarray) -> list[float]:
    """Each concept's share of the evidence in one photo, φ (k,): |φ_j| / Σ |φ|, in [0, 1]; 0 if all φ are 0."""
    sizes = np.abs(phi)
    return (sizes / max(float(sizes.sum()), 1e-12)).tolist()


def strongest_concepts(phi: np.ndarray) -> list[int]:
    """The concept with the largest φ of each photo, φ (n, k); the first of equal ones."""
    return phi.argmax(axis=1).tolist()


def mean_importance(phi: np.ndarray) -> list[float]:
    """The mean φ of each concept over photos, φ (n, k)."""
    return phi.mean(axis=0).tolist()
