"""How much each concept counts in a photo, by its importances φ."""

import numpy as np


def by_size(phi: np.ndarray) -> list[int]:
    """The concepts of one photo, φ (k,), by |φ|, largest first; of equals the first."""
    return np.argsort(-np.abs(phi), kind="stable").tolist()


def evidence_shares(phi: np.ndarray) -> list[float]:
    """|φ_j| / Σ |φ| of one photo, φ (k,): each concept's share of the evidence, in [0, 1]; 0 where all φ are 0."""
    sizes = np.abs(phi)
    return (sizes / max(float(sizes.sum()), 1e-12)).tolist()


def strongest_concepts(phi: np.ndarray) -> list[int]:
    """The concept with the largest φ of each photo, φ (n, k); of equals the first."""
    return phi.argmax(axis=1).tolist()


def mean_importance(phi: np.ndarray) -> list[float]:
    """The mean φ of each concept over photos, φ (n, k)."""
    return phi.mean(axis=0).tolist()
