"""`procrustes`: an orthogonal map."""

import torch
from torch import Tensor

from concepts.lexicon.alignment.bridge import Bridge
from concepts.lexicon.alignment.pairs import Pairs


def procrustes(photos: Tensor, texts: Tensor, *, seed: int = 0) -> Bridge:
    """The bridge y = s (x − x̄) Q + ȳ whose Q preserves lengths and angles: Q = U Vᵀ of the SVD Xᵀ Y = U S Vᵀ.

    photos: (m, p). texts: (m, d), the vector of each photo's word. For spaces of different widths, the narrower is
    padded with zeros to the wider, where Q is square and orthogonal; the rows or columns of the zeros are then dropped.
    That is the thin SVD: QᵀQ = 1 for p ≥ d, QQᵀ = 1 for p ≤ d. s = ‖Y‖_F / ‖XQ‖_F only matters relative to ȳ.
    figures: `scale` s. The fit is exact: the seed is only recorded. Source: SITTA (Paischer et al., 2023);
    Schönemann 1966. Raises ValueError as `Pairs` does.
    """
    pairs = Pairs(photos, texts)
    U, _, Vt = torch.linalg.svd(pairs.X.T @ pairs.Y, full_matrices=False)
    M = pairs.scaled(U @ Vt)
    return pairs.bridge(M, "procrustes", seed, {"scale": M.norm().item() / min(M.shape) ** 0.5})
