"""Semi-NMF: A ≈ U V with U ≥ 0 only, for activations with negative parts (GELU, transformers)."""

import torch
from torch import Tensor
from torch.nn.functional import normalize

from concepts.extraction.base import SAMPLE, SampledExtractor
from concepts.extraction.kmeans import spread_rows
from concepts.extraction.least_squares import nonnegative_codes, relative_loss, sweep
from concepts.extraction.methods import EXTRACTIONS


def best_atoms(A: Tensor, codes: Tensor) -> Tensor:
    """V (k, p) that minimises ‖A − U V‖²_F for fixed codes = Uᵀ (k, m): ordinary least squares, pseudo-inverse."""
    return torch.linalg.pinv(codes @ codes.T, hermitian=True) @ (codes @ A)


def semi_nmf(
    A: Tensor, V: Tensor, *, max_iterations: int, tolerance: float, inner: int = 2
) -> tuple[Tensor, Tensor, list[float]]:
    """Block coordinate descent towards min ‖A − U V‖²_F with U ≥ 0: codes by coordinate descent, atoms exactly.

    A: (m, p), V: (k, p), any sign. Returns (U, V) and the relative squared error after each iteration, which never
    rises. Problem: Ding, Li & Jordan 2010; we solve the codes by HALS sweeps, they use multiplicative updates.
    """
    codes, energy, losses = nonnegative_codes(A, V, max_sweeps=10).T.contiguous(), A.square().sum(), [1.0]
    for _ in range(max_iterations):
        V = best_atoms(A, codes)
        target, gram = V @ A.T, V @ V.T
        for _ in range(inner):
            sweep(codes, target, gram)
        losses.append(relative_loss(codes, target, gram, energy))
        if losses[-2] - losses[-1] < tolerance * losses[-1]:
            break
    return codes.T, V, losses[1:]


class SemiNMFExtractor(SampledExtractor):
    """`semi_nmf`: non-negative codes, atoms of any sign and unit length. Starts from k rows of A, spread out by
    k-means++ on their directions.
    """

    about = EXTRACTIONS["semi_nmf"]

    def __init__(
        self,
        n_concepts: int,
        *,
        seed: int = 0,
        sample: int = SAMPLE,
        max_iterations: int = 200,
        tolerance: float = 1e-4,
    ) -> None:
        super().__init__(n_concepts, seed=seed, sample=sample)
        self.max_iterations = max_iterations
        self.tolerance = tolerance

    def _fit_sample(self, A: Tensor) -> Tensor:
        start = A[spread_rows(A, self.n_concepts, self.seed)]
        _, V, _ = semi_nmf(A, start, max_iterations=self.max_iterations, tolerance=self.tolerance)
        return normalize(V, dim=1)

    def _codes(self, A: Tensor, V: Tensor) -> Tensor:
        return nonnegative_codes(A, V)
