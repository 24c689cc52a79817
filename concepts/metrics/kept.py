"""How much of the model's predictions remains when its head receives only the concepts."""

from dataclasses import dataclass

import numpy as np

from concepts.metrics.arrays import Array, vector
from concepts.numerics.intervals import Estimate, share_estimate, statistic_estimate
from concepts.numerics.ranks import ranks


@dataclass(frozen=True)
class KeptLogit:
    """Each figure with its 95% interval over images; higher is better, 1 is perfect.

    spearman: rank correlation over images of F_c(û) and f_c(x). r_squared: how well F_c(û) predicts the score itself.
    agreement: the share of images with the same top-1 class.
    """

    spearman: Estimate
    r_squared: Estimate
    agreement: Estimate


def kept_logit(true: Array, kept: Array, logits: Array, kept_logits: Array, *, seed: int = 0) -> KeptLogit:
    """What the concepts keep of the model on n images (bootstrap over images; Wilson for the agreement).

    true, kept: (n,) the target's score from the activations, f_c(x), and from their reconstruction, F_c(û).
    logits, kept_logits: (n, c) all classes, in the same way. Raises ValueError when the shapes do not fit.
    """
    true, kept = vector(true, "true"), vector(kept, "kept")
    if len(true) != len(kept):
        raise ValueError(f"{len(true)} true scores and {len(kept)} kept ones: give one of each an image")
    agreement = same_answer(logits, kept_logits)
    if len(agreement) != len(true):
        raise ValueError(f"{len(true)} scores but logits of {len(agreement)} images: give the same images to both")
    return KeptLogit(
        spearman=statistic_estimate(_rank_correlations, true, kept, seed=seed),
        r_squared=statistic_estimate(_shares_explained, true, kept, seed=seed),
        agreement=share_estimate(agreement),
    )


def same_answer(logits: Array, kept_logits: Array) -> np.ndarray:
    """(n,) bool: images with the same top-1 class; logits, kept_logits: (n, c). Raises ValueError for other shapes."""
    if logits.ndim != 2 or logits.shape != kept_logits.shape or 0 in logits.shape:
        raise ValueError(
            f"logits must be (n, c) both times, n and c ≥ 1; got {tuple(logits.shape)} and {tuple(kept_logits.shape)}"
        )
    rows, kept_rows = logits.argmax(1), kept_logits.argmax(1)
    return vector(rows, "classes") == vector(kept_rows, "classes")


def spearman(a: Array, b: Array) -> float:
    """Rank correlation in [-1, 1] of two vectors (n,); NaN when one is constant. Raises ValueError for other shapes."""
    return float(_rank_correlations(*_matching(a, b)))


def r_squared(true: Array, estimate: Array) -> float:
    """1 − Σ(true − estimate)² / Σ(true − mean)², ≤ 1; below 0 is worse than a constant. NaN when `true` is constant.

    true, estimate: (n,). Raises ValueError for other shapes.
    """
    return float(_shares_explained(*_matching(true, estimate)))


def _rank_correlations(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Rank correlation (...) of vectors (..., n), as in `spearman`."""
    first, second = (found - found.mean(axis=-1, keepdims=True) for found in (ranks(a), ranks(b)))
    with np.errstate(divide="ignore", invalid="ignore"):  # NaN where all ranks are equal
        scale = 1 / np.float64(a.shape[-1] - 1)
        together, *own = ((x * y).sum(axis=-1) * scale for x, y in ((first, second), (first, first), (second, second)))
        return (together / np.sqrt(own[0]) / np.sqrt(own[1])).clip(-1, 1)


def _shares_explained(true: np.ndarray, estimate: np.ndarray) -> np.ndarray:
    """R² (...) of vectors (..., n), as in `r_squared`."""
    spread = ((true - true.mean(axis=-1, keepdims=True)) ** 2).sum(axis=-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        found = 1 - ((true - estimate) ** 2).sum(axis=-1) / spread
    return np.where(np.ptp(true, axis=-1) > 0, found, np.nan)


def _matching(a: Array, b: Array) -> tuple[np.ndarray, np.ndarray]:
    a, b = vector(a, "the first vector"), vector(b, "the second vector")
    if len(a) != len(b):
        raise ValueError(f"two vectors of one length are needed, got {len(a)} and {len(b)}")
    return a, b
