"""Use of the concepts by the codes: zeros, and concepts that are never used."""

from typing import TypeVar

import numpy as np
import torch
from torch import Tensor

from concepts.metrics.arrays import Array
from concepts.numerics.intervals import Estimate, mean_estimate

Kind = TypeVar("Kind", np.ndarray, Tensor)
ZERO = 1e-7  # share of the concept's largest code


def sparsity(U: Array) -> float:
    """Share of zeros in the codes U (n, T..., k), in [0, 1]: |u| ≤ 1e-7 of its column's maximum; higher is better."""
    return float(_zeros(U).mean())


def sparsity_estimate(U: Array, *, seed: int = 0) -> Estimate:
    """`sparsity` with its 95% bootstrap interval over images, the first axis of U (n, T..., k)."""
    zeros = _zeros(U).reshape(len(U), -1)
    return mean_estimate(zeros.mean(axis=1), seed=seed)


def dead_concepts(U: Kind, *, among: int = 3) -> Kind:
    """(k,) bool: concepts never among the `among` largest non-zero codes of any position; U: (n, T..., k).

    Signed codes count by their magnitude: the sign of an atom is a convention.
    """
    codes = _codes(U)
    largest = codes.topk(min(among, codes.shape[1]), dim=1)
    alive = torch.zeros(codes.shape[1], dtype=torch.bool, device=codes.device)
    alive[largest.indices[largest.values != 0]] = True
    return ~alive if isinstance(U, Tensor) else (~alive).numpy()


def _codes(U: Array) -> Tensor:
    U = torch.as_tensor(U)
    if U.ndim < 2 or U.numel() == 0:
        raise ValueError(f"codes must be (n, T..., k), at least one image and one concept; got shape {tuple(U.shape)}")
    return U.flatten(0, -2).abs()


def _zeros(U: Array) -> np.ndarray:
    """(m, k) bool."""
    codes = _codes(U)
    return codes.le(ZERO * codes.amax(dim=0, keepdim=True)).cpu().numpy()
