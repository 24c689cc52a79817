"""Quality of a dictionary (Holistic, section 4.1) and of what it keeps of the model."""

import numpy as np
import torch
from torch import Tensor

from concepts.statistics import ranks

Array = np.ndarray | Tensor


def relative_l2(A: Array, A_hat: Array) -> float:
    """‖A − Â‖_F / ‖A‖_F, 0 for a perfect reconstruction. A, Â: the same shape. Raises ValueError when A is all zero."""
    A, A_hat = torch.as_tensor(A).double(), torch.as_tensor(A_hat).double()
    if A.shape != A_hat.shape:
        raise ValueError(f"activations {tuple(A.shape)} and reconstruction {tuple(A_hat.shape)} differ in shape")
    norm = A.norm()
    if norm == 0:
        raise ValueError("the activations are all zero: a relative error has no meaning")
    return ((A - A_hat).norm() / norm).item()


def sparsity(U: Array) -> float:
    """Share of zeros in the codes U (m, k), in [0, 1]: |u| ≤ 1e-7 of its column's maximum."""
    U = torch.as_tensor(U).flatten(0, -2).abs()
    return U.le(1e-7 * U.amax(dim=0, keepdim=True)).float().mean().item()


def dead_concepts(U: Array, *, among: int = 3) -> Tensor:
    """Which concepts (k,) bool are never among the `among` largest non-zero codes of any position; U: (m, k)."""
    U = torch.as_tensor(U).flatten(0, -2)
    largest = U.topk(min(among, U.shape[1]), dim=1)
    alive = torch.zeros(U.shape[1], dtype=torch.bool, device=U.device)
    alive[largest.indices[largest.values != 0]] = True
    return ~alive


def spearman(a: np.ndarray, b: np.ndarray) -> float:
    """Rank correlation in [-1, 1] of two vectors; NaN when one is constant."""
    a, b = ranks(a), ranks(b)
    if a.std() == 0 or b.std() == 0:
        return float("nan")
    return float(np.corrcoef(a, b)[0, 1])


def r_squared(true: np.ndarray, estimate: np.ndarray) -> float:
    """1 − Σ(true − estimate)² / Σ(true − mean)², ≤ 1; NaN when `true` is constant."""
    spread = ((true - true.mean()) ** 2).sum()
    return float(1 - ((true - estimate) ** 2).sum() / spread) if spread > 0 else float("nan")
