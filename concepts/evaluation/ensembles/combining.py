"""How the probabilities of several views become one classifier's."""

from collections.abc import Callable, Mapping

import numpy as np
from scipy.special import logit, softmax

SMALLEST = 1e-12  # of a probability, before its logarithm


def mean(said: np.ndarray) -> np.ndarray:
    """(m, c): the mean over views of probabilities (m, v, c)."""
    return np.asarray(said.mean(axis=1))


def product(said: np.ndarray) -> np.ndarray:
    """(m, c): the geometric mean over views of probabilities (m, v, c), scaled to sum to 1."""
    return np.asarray(softmax(np.log(np.clip(said, SMALLEST, 1)).mean(axis=1), axis=1))


COMBINATIONS: Mapping[str, Callable[[np.ndarray], np.ndarray]] = {"mean": mean, "product": product}


def combination(name: str) -> Callable[[np.ndarray], np.ndarray]:
    """The combination of that name. Raises ValueError for another name."""
    if name not in COMBINATIONS:
        raise ValueError(f"combination {name!r}: expected one of {', '.join(COMBINATIONS)}")
    return COMBINATIONS[name]


def log_odds(probability: np.ndarray) -> np.ndarray:
    """log p / (1 − p), in logits, of probabilities; finite, since p is kept 10⁻¹² away from 0 and 1."""
    return np.asarray(logit(np.clip(probability, SMALLEST, 1 - SMALLEST)))
