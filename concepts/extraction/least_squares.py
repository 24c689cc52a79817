"""Least squares: the codes of activations under a fixed dictionary, non-negative (coordinate descent) or signed."""

import torch
from torch import Tensor

ROWS = 8192  # rows solved together: k × ROWS floats fit the second-level cache


def sweep(codes: Tensor, target: Tensor, gram: Tensor) -> None:
    """One pass of coordinate descent, in place, towards min ‖A − U V‖²_F over U ≥ 0.

    codes: (k, m) = Uᵀ ≥ 0. target: (k, m) = V Aᵀ. gram: (k, k) = V Vᵀ.
    Every coordinate is set to its exact minimiser with the others fixed, so the loss never rises; a dead atom
    (gram[j, j] = 0) keeps its codes at 0. Source: Cichocki & Phan 2009, HALS; transposed so that rows are contiguous.
    """
    for j, weight in enumerate(gram.diagonal().tolist()):
        if weight < torch.finfo(codes.dtype).tiny:  # 1 / weight would overflow
            codes[j] = 0
            continue
        residual = torch.addmv(target[j], codes.T, gram[j], alpha=-1)
        codes[j].add_(residual, alpha=1 / weight).clamp_(min=0)


def relative_loss(factor: Tensor, target: Tensor, gram: Tensor, energy: Tensor) -> float:
    """‖A − U V‖²_F / ‖A‖²_F without the residual: 1 − (2 ⟨factor, target⟩ − ⟨factor factorᵀ, gram⟩) / energy.

    factor, target, gram: as `sweep` left them. energy: ‖A‖²_F.
    """
    fit = 2 * (factor * target).sum() - (gram * (factor @ factor.T)).sum()
    return 1 - (fit / energy.clamp(min=torch.finfo(energy.dtype).tiny)).item()


def nonnegative_codes(A: Tensor, V: Tensor, *, tolerance: float = 1e-4, max_sweeps: int = 200) -> Tensor:
    """Codes U ≥ 0 that minimise ‖A − U V‖²_F for a fixed dictionary; one convex problem per row.

    A: (m, p), any sign. V: (k, p). Returns (m, k), on the device of A. Rows are solved in blocks until no code
    moves by more than `tolerance` of the block's largest code, or `max_sweeps` passes are done.
    """
    gram, codes = V @ V.T, []
    for rows in A.split(ROWS):
        target = V @ rows.to(V.dtype).T  # (k, rows)
        codes.append(_solve(target, gram, tolerance, max_sweeps).T)
    return torch.cat(codes) if codes else A.new_zeros(0, len(V))


def _solve(target: Tensor, gram: Tensor, tolerance: float, max_sweeps: int) -> Tensor:
    codes = torch.zeros_like(target)
    for _ in range(max_sweeps):
        before = codes.clone()
        sweep(codes, target, gram)
        if (codes - before).abs().max() <= tolerance * codes.abs().max():
            break
    return codes


def signed_codes(A: Tensor, V: Tensor) -> Tensor:
    """Codes U = A V⁺ (m, k) of any sign that minimise ‖A − U V‖²_F for a fixed V (k, p), of minimum norm."""
    return A @ torch.linalg.pinv(V.to(A.dtype))
