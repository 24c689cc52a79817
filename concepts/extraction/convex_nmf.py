"""Convex NMF: atoms are non-negative mixtures of observed activations (Ding, Li & Jordan 2010)."""

import torch
from torch import Tensor
from torch.nn.functional import normalize

from concepts.activations.rows import MemoryRows, sample_rows
from concepts.extraction.base import SAMPLE, SampledExtractor
from concepts.extraction.kmeans import KMeansExtractor
from concepts.extraction.least_squares import nonnegative_codes, relative_loss, sweep
from concepts.extraction.methods import EXTRACTIONS


def update_mixture(W: Tensor, codes: Tensor, positive: Tensor, negative: Tensor | None) -> Tensor:
    """One multiplicative step towards min ‖A − U W A‖²_F over W ≥ 0 (k, m) for fixed codes = Uᵀ ≥ 0 (k, m).

    positive, negative: (m, m) ≥ 0, the two parts of the Gram matrix A Aᵀ; None means no negative part, which halves
    the work. The loss never rises. Source: Ding, Li & Jordan 2010, section 3.2, transposed to A ≈ U W A.
    """
    gram = codes @ codes.T  # (k, k)
    rise, fall = codes @ positive, gram @ (W @ positive)
    if negative is not None:
        rise, fall = rise + gram @ (W @ negative), fall + codes @ negative
    return W * (rise / fall.clamp(min=torch.finfo(W.dtype).tiny)).sqrt()


def convex_nmf(
    A: Tensor, codes: Tensor, W: Tensor, *, max_iterations: int, tolerance: float, inner: int = 2
) -> tuple[Tensor, Tensor, list[float]]:
    """min ‖A − U W A‖²_F over U, W ≥ 0 for A (m, p) of any sign: codes by coordinate descent, W by `update_mixture`.

    codes = Uᵀ (k, m) and W (k, m) > 0 are the start. Returns (U, W) and the relative squared error after each
    iteration, which never rises. Memory: three m × m matrices.
    """
    codes, kernel, losses = codes.clone(memory_format=torch.contiguous_format), A @ A.T, [1.0]
    positive, energy = kernel.clamp(min=0), kernel.trace()
    negative = (-kernel).clamp(min=0) if kernel.min() < 0 else None
    for _ in range(max_iterations):
        for _ in range(inner):
            W = update_mixture(W, codes, positive, negative)
        target = W @ kernel  # (k, m) = V Aᵀ
        gram = target @ W.T
        for _ in range(inner):
            sweep(codes, target, gram)
        losses.append(relative_loss(codes, target, gram, energy))
        if losses[-2] - losses[-1] < tolerance * losses[-1]:
            break
    return codes.T, W, losses[1:]


class ConvexNMFExtractor(SampledExtractor):
    """`convex_nmf`: U ≥ 0, V = W A with W ≥ 0, for activations of any sign; atoms of unit length.

    Fitted on `gram_rows` seeded rows of the sample, so that their Gram matrix (gram_rows × gram_rows) stays small;
    starts from k-means as in Ding, Li & Jordan. Codes of unseen activations by non-negative least squares.
    Raises ValueError when gram_rows < n_concepts.
    """

    about = EXTRACTIONS["convex_nmf"]

    def __init__(
        self,
        n_concepts: int,
        *,
        seed: int = 0,
        sample: int = SAMPLE,
        gram_rows: int = 2000,
        max_iterations: int = 500,
        tolerance: float = 1e-5,
    ) -> None:
        super().__init__(n_concepts, seed=seed, sample=sample)
        if gram_rows < n_concepts:
            raise ValueError(f"{gram_rows} gram_rows cannot give {n_concepts} concepts: raise gram_rows")
        self.gram_rows = gram_rows
        self.max_iterations = max_iterations
        self.tolerance = tolerance

    def _fit_sample(self, A: Tensor) -> Tensor:
        A = sample_rows(MemoryRows(A), self.gram_rows, self.seed)
        clusters = KMeansExtractor(self.n_concepts, seed=self.seed).fit_transform(A).T + 0.2  # (k, m)
        W = clusters / clusters.sum(dim=1, keepdim=True)
        _, W, _ = convex_nmf(A, clusters, W, max_iterations=self.max_iterations, tolerance=self.tolerance)
        return normalize(W @ A, dim=1)

    def _codes(self, A: Tensor, V: Tensor) -> Tensor:
        return nonnegative_codes(A, V)
