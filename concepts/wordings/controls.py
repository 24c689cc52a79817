"""What a random direction would score in a concept's place."""

import numpy as np


def random_scores(features: np.ndarray, components: np.ndarray, *, seed: int = 0) -> np.ndarray:
    """(n, k): the features along k directions drawn evenly, each as long as the component that it stands for.

    features: (n, p). components: (k, p). Raises ValueError where p differs.
    """
    if features.shape[1] != components.shape[1]:
        raise ValueError(
            f"features of {features.shape[1]} channels, components of {components.shape[1]}: give those of one layer"
        )
    drawn = np.random.default_rng(seed).normal(size=components.shape)
    drawn *= np.linalg.norm(components, axis=1, keepdims=True) / np.linalg.norm(drawn, axis=1, keepdims=True)
    return features @ drawn.T.astype(features.dtype)  # else all features are made 64 bits wide


def most_active(scores: np.ndarray, size: int) -> np.ndarray:
    """(n,) bool: the `size` texts with the largest scores (n,), the first of equal ones."""
    chosen = np.zeros(len(scores), dtype=bool)
    chosen[np.argsort(-scores, kind="stable")[:size]] = True
    return chosen
