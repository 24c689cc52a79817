"""Non-negative matrix factorisation: A ≈ U V with U, V ≥ 0 (ICE, CRAFT)."""

import torch
from torch import Tensor
from torch.nn.functional import normalize

from concepts.extraction.base import SAMPLE, SampledExtractor
from concepts.extraction.least_squares import nonnegative_codes, relative_loss, sweep

STRIDES = (16, 4, 1)  # from coarse to fine: on 20,000 rows less time than all at once, and a lower error
COARSE_ROWS = 1000  # no coarser level than this


def hals(
    A: Tensor, U: Tensor, V: Tensor, *, max_iterations: int, tolerance: float, inner: int = 2
) -> tuple[Tensor, Tensor, list[float]]:
    """Hierarchical alternating least squares towards min ‖A − U V‖²_F with U, V ≥ 0.

    A: (m, p) ≥ 0, U: (m, k) ≥ 0, V: (k, p) ≥ 0. Returns new (U, V) and the relative squared error after each
    iteration, which never rises. Stops when it falls by less than `tolerance` of itself in an iteration.
    Each factor is swept `inner` times per product with A, the costly part (the accelerated form).
    Source: Cichocki & Phan 2009 (HALS); Gillis & Glineur 2012 (inner sweeps).
    """
    codes, atoms, losses, energy = U.T.contiguous(), V.clone(), [1.0], A.square().sum()
    for _ in range(max_iterations):
        target, gram = atoms @ A.T, atoms @ atoms.T  # (k, m), (k, k)
        for _ in range(inner):
            sweep(codes, target, gram)
        target, gram = codes @ A, codes @ codes.T  # (k, p), (k, k)
        for _ in range(inner):
            sweep(atoms, target, gram)
        losses.append(relative_loss(atoms, target, gram, energy))
        if losses[-2] - losses[-1] < tolerance * losses[-1]:
            break
    return codes.T, atoms, losses[1:]


class NMFExtractor(SampledExtractor):
    """`nmf`: parts that add up. Atoms have unit length, so that codes are in units of activation.

    Solved by HALS from coarse to fine: a seeded random start on every 16th row of the sample, then its atoms go on
    with every 4th and with all. Codes of unseen activations by non-negative least squares.
    """

    method = "nmf"

    signed_input = False

    def __init__(
        self,
        n_concepts: int,
        *,
        seed: int = 0,
        sample: int = SAMPLE,
        max_iterations: int = 200,
        tolerance: float = 3e-4,
    ) -> None:
        super().__init__(n_concepts, seed=seed, sample=sample)
        self.max_iterations = max_iterations
        self.tolerance = tolerance

    def _fit_sample(self, A: Tensor) -> Tensor:
        strides = [stride for stride in STRIDES if len(A) // stride >= COARSE_ROWS] or [1]
        rows = A[:: strides[0]].contiguous()
        U, V = _random_start(rows, self.n_concepts, self.seed)
        for i, stride in enumerate(strides):
            rows = A[::stride].contiguous()
            U = nonnegative_codes(rows, V, max_sweeps=5) if i else U
            _, V, _ = hals(rows, U, V, max_iterations=self.max_iterations, tolerance=self.tolerance)
        return normalize(V, dim=1)

    def _codes(self, A: Tensor, V: Tensor) -> Tensor:
        return nonnegative_codes(A, V)


def _random_start(A: Tensor, k: int, seed: int) -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(seed)
    scale = 2 * (A.mean() / k).sqrt()  # the product then has the mean of A
    U = torch.rand(len(A), k, generator=generator, dtype=A.dtype).to(A.device) * scale
    V = torch.rand(k, A.shape[1], generator=generator, dtype=A.dtype).to(A.device) * scale
    return U, V
