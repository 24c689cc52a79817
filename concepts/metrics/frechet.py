"""Fréchet distance between Gaussians fitted to the activations and to their reconstruction."""

from collections.abc import Iterator

import torch
from torch import Tensor

from concepts.extraction.base import one_thread
from concepts.metrics.arrays import Array, activations, blocks

SMALL = 256  # side up to which the full spectrum is cheap
FIRST_RANK, OVERSAMPLING = 32, 8


def frechet_distance(A: Array, A_hat: Array, *, seed: int = 0) -> float:
    """Fréchet distance between Gaussians fitted to the positions of A and Â, divided by p; ≥ 0, lower is better.

        (‖μ₁ − μ₂‖² + tr Σ₁ + tr Σ₂ − 2 tr((Σ₁Σ₂)^½)) / p        covariances with 1 / (m − 1)

    A: (m, p) or (n, T..., p), Â likewise, with as many channels; the numbers of rows may differ. In squared units of
    activation. tr((Σ₁Σ₂)^½) is the sum of singular values of S₁S₂ᵀ for any S_i with S_iᵀS_i = Σ_i; as Â = U V has rank
    ≤ k, S₂ has few rows, and no p × p matrix is formed. Where Â is not of low rank, S_i are the triangles of QR. The
    rank is found by a seeded randomised range finder; what it leaves out is at most 1e-6 (float32) or 1e-9 (float64) of
    the length of the centred Â. Sources: Dowson & Landau 1982; Heusel et al. 2017 (FID); Halko, Martinsson & Tropp
    2011, algorithm 4.2.
    It is biased upward for few rows, and so would a bootstrap be: no interval. Raises ValueError when channels differ,
    a side has fewer than two rows, or there is NaN or infinity.
    """
    p, p_hat = A.shape[-1], A_hat.shape[-1]
    if p != p_hat:
        raise ValueError(f"activations have {p} channels, the reconstruction {p_hat}: give one layer")
    with one_thread():
        first, second = Gaussian(A), Gaussian(A_hat)
        overlap = torch.linalg.svdvals(_cross(first, second, seed)).sum()
    shift = (first.mean - second.mean.to(first.mean.device)).square().sum()
    return max(0.0, ((shift + first.trace + second.trace - 2 * overlap) / p).item())


def _cross(first: "Gaussian", second: "Gaussian", seed: int) -> Tensor:
    """A matrix with the singular values of S₁S₂ᵀ."""
    found = second.row_space(seed)
    if found is None:
        return first.root() @ second.root().T
    basis, coordinates = found
    products, _ = first.project(basis)
    scale = (first.normaliser * second.normaliser) ** 0.5
    return triangle(products) @ triangle(coordinates).T / scale


class Gaussian:
    """Mean (p,) and covariance of the rows of A (m, p), the covariance never formed; sums in double precision."""

    def __init__(self, A: Array) -> None:
        self.rows = activations(A).flatten(0, -2)
        if len(self.rows) < 2:
            raise ValueError("one row has no covariance: give at least two positions")
        self.normaliser = len(self.rows) - 1
        start = self.rows[0].double()  # subtracted first, so that a large mean costs no digits
        total, square = torch.zeros_like(start), start.new_zeros(())
        for block in blocks(self.rows):
            apart = self.rows[block].double() - start
            total += apart.sum(dim=0)
            square += apart.square().sum()
        if not torch.isfinite(square):
            raise ValueError("activations hold NaN or infinity: check the model's weights and the images")
        self.mean = start + total / len(self.rows)
        self.energy = (square - total.square().sum() / len(self.rows)).clamp(min=0)  # of the centred rows
        self.trace = self.energy / self.normaliser

    def centred(self) -> Iterator[Tensor]:
        """Blocks of rows minus their mean, float64."""
        for block in blocks(self.rows):
            yield self.rows[block].double() - self.mean

    def project(self, basis: Tensor) -> tuple[Tensor, Tensor]:
        """Coordinates (m, r) of the centred rows in an orthonormal basis (p, r), and the squared length outside it.

        The part outside is summed directly, not as a difference of two large numbers.
        """
        coordinates, outside = basis.new_empty(len(self.rows), basis.shape[1]), self.energy.new_zeros(())
        for rows, block in zip(blocks(self.rows), self.centred(), strict=True):
            torch.matmul(block, basis, out=coordinates[rows])
            outside += (block - coordinates[rows] @ basis.T).square_().sum()
        return coordinates, outside

    def root(self) -> Tensor:
        """S (min(m, p), p) with SᵀS the covariance: the triangle of a QR computed block by block."""
        p = self.rows.shape[1]
        waiting, kept = [], self.mean.new_zeros(0, p)
        for block in self.centred():
            waiting.append(block)
            if sum(len(each) for each in waiting) >= 4 * p:  # so that the triangle is updated rarely
                kept, waiting = triangle(torch.cat([kept, *waiting])), []
        return triangle(torch.cat([kept, *waiting])) / self.normaliser**0.5

    def row_space(self, seed: int) -> tuple[Tensor, Tensor] | None:
        """Orthonormal (p, r) that spans the centred rows, and their coordinates (m, r).

        None where r exceeds an eighth of a side: the full spectrum is then as cheap.
        """
        side = min(self.rows.shape)
        generator = torch.Generator().manual_seed(seed)
        rank = FIRST_RANK
        while side > SMALL and rank + OVERSAMPLING <= side // 8:
            basis = torch.linalg.qr(self.sketch(rank + OVERSAMPLING, generator).T).Q
            coordinates, outside = self.project(basis)
            if outside <= _tolerance(self.rows) ** 2 * self.energy:
                return basis, coordinates
            rank *= 2
        return None

    def sketch(self, r: int, generator: torch.Generator) -> Tensor:
        """r random mixtures (r, p) of the centred rows."""
        mixtures = self.mean.new_zeros(r, len(self.mean))
        for block in self.centred():
            mixtures += torch.randn(r, len(block), generator=generator, dtype=torch.float64).to(block.device) @ block
        return mixtures


def triangle(X: Tensor) -> Tensor:
    """R (min(m, p), p) of X = Q R."""
    return torch.linalg.qr(X, mode="r").R


def _tolerance(A: Tensor) -> float:
    return 1e-6 if A.dtype == torch.float32 else 1e-9
