"""Does the reconstruction have the distribution of the activations? Fréchet distance between fitted Gaussians."""

from collections.abc import Iterator

import torch
from torch import Tensor

from concepts.metrics.arrays import Array, activations, blocks

SMALL = 256  # a side up to which the full spectrum costs nothing
FIRST_RANK, OVERSAMPLING = 32, 8


def frechet_distance(A: Array, A_hat: Array, *, seed: int = 0) -> float:
    """Fréchet distance between Gaussians fitted to the positions of A and Â, divided by p; ≥ 0, lower is better.

        (‖μ₁ − μ₂‖² + tr Σ₁ + tr Σ₂ − 2 tr((Σ₁Σ₂)^½)) / p        covariances with 1 / (m − 1)

    A: (m, p) or (n, T..., p), Â likewise, with as many channels; the numbers of rows may differ. In squared units of
    activation. tr((Σ₁Σ₂)^½) is the sum of singular values of S₁S₂ᵀ for any S_i with S_iᵀS_i = Σ_i; as Â = U V has rank
    ≤ k, S₂ has few rows, and no p × p matrix is formed. Where Â turns out not to be of low rank, S_i are the triangles
    of QR. The rank is found by a seeded randomised range finder; what it leaves out is at most 1e-6 (float32) or 1e-9
    (float64) of the length of the centred Â. Sources: Dowson & Landau 1982; Heusel et al. 2017 (FID); Halko,
    Martinsson & Tropp 2011, algorithm 4.2.
    It is biased upward for few rows, and a bootstrap would be too: no interval. Raises ValueError when channels differ,
    a side has fewer than two rows, or there is NaN or infinity.
    """
    first, second = Gaussian(A), Gaussian(A_hat)
    p = first.rows.shape[1]
    if p != second.rows.shape[1]:
        raise ValueError(f"activations have {p} channels, the reconstruction {second.rows.shape[1]}: give one layer")
    basis = second.row_space(seed)
    if basis is None:
        cross = first.root() @ second.root().T
    else:
        compressed = triangle(second.times(basis))
        cross = triangle(first.times(basis @ compressed.T)) / second.normaliser**0.5
        cross = cross / first.normaliser**0.5
    overlap = torch.linalg.svdvals(cross).sum()
    shift = (first.mean - second.mean.to(first.mean.device)).square().sum()
    return max(0.0, ((shift + first.trace + second.trace - 2 * overlap) / p).item())


class Gaussian:
    """Mean (p,) and covariance of the rows of A (m, p), the covariance never formed; sums in double precision."""

    def __init__(self, A: Array) -> None:
        self.rows = activations(A).flatten(0, -2)
        if len(self.rows) < 2:
            raise ValueError("one row has no covariance: give at least two positions")
        self.normaliser = len(self.rows) - 1
        sums = [self.rows[block].double().sum(dim=0) for block in blocks(self.rows)]
        self.mean = torch.stack(sums).sum(dim=0) / len(self.rows)
        if not torch.isfinite(self.mean).all():
            raise ValueError("activations hold NaN or infinity: check the model's weights and the images")
        self.energy = torch.stack([block.square().sum() for block in self.centred()]).sum()
        self.trace = self.energy / self.normaliser

    def centred(self) -> Iterator[Tensor]:
        """Blocks of rows less their mean, float64."""
        for block in blocks(self.rows):
            yield self.rows[block].double() - self.mean

    def times(self, B: Tensor) -> Tensor:
        """Centred rows times B (p, r): (m, r)."""
        return torch.cat([block @ B for block in self.centred()])

    def root(self) -> Tensor:
        """S (min(m, p), p) with SᵀS the covariance: the triangle of a QR taken block by block."""
        p = self.rows.shape[1]
        waiting, kept = [], self.mean.new_zeros(0, p)
        for block in self.centred():
            waiting.append(block)
            if sum(len(each) for each in waiting) >= 4 * p:  # so that the triangle is not folded in too often
                kept, waiting = triangle(torch.cat([kept, *waiting])), []
        return triangle(torch.cat([kept, *waiting])) / self.normaliser**0.5

    def row_space(self, seed: int) -> Tensor | None:
        """Orthonormal (p, r) that spans the centred rows, or None where that takes more than an eighth of a side."""
        side = min(self.rows.shape)
        generator = torch.Generator().manual_seed(seed)
        rank = FIRST_RANK
        while side > SMALL and rank + OVERSAMPLING <= side // 8:
            basis = torch.linalg.qr(self.sketch(rank + OVERSAMPLING, generator).T).Q
            if self.left_out(basis) <= _tolerance(self.rows) ** 2 * self.energy:
                return basis
            rank *= 2
        return None

    def sketch(self, r: int, generator: torch.Generator) -> Tensor:
        """r random mixtures (r, p) of the centred rows."""
        mixtures = self.mean.new_zeros(r, len(self.mean))
        for block in self.centred():
            mixtures += torch.randn(r, len(block), generator=generator, dtype=torch.float64).to(block.device) @ block
        return mixtures

    def left_out(self, basis: Tensor) -> Tensor:
        """Squared length of what of the centred rows lies outside the basis (p, r), summed directly, not as a rest."""
        parts = [(block - (block @ basis) @ basis.T).square().sum() for block in self.centred()]
        return torch.stack(parts).sum()


def triangle(X: Tensor) -> Tensor:
    """R (min(m, p), p) of X = Q R."""
    return torch.linalg.qr(X, mode="r").R


def _tolerance(A: Tensor) -> float:
    return 1e-6 if A.dtype == torch.float32 else 1e-9
