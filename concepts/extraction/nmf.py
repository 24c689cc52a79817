"""Non-negative matrix factorisation: A ≈ U V with U, V ≥ 0 (ICE, CRAFT)."""

import torch
from torch import Tensor
from torch.nn.functional import normalize

from concepts.extraction.base import SAMPLE, SampledExtractor
from concepts.extraction.least_squares import nonnegative_codes, relative_loss, sweep
from concepts.extraction.methods import EXTRACTIONS

STRIDES = (16, 4, 1)  # from coarse to fine: on 20,000 rows faster than all rows at once, with a lower error
COARSE_ROWS = 1000  # fewest rows of a level
EXTRAPOLATION, FASTER, SLOWER, LEAST = 0.5, 1.1, 2.0, 1e-2  # first β, its growth, its divisor, below which it is 0


def hals(
    A: Tensor, U: Tensor, V: Tensor, *, max_iterations: int, tolerance: float, inner: int = 2
) -> tuple[Tensor, Tensor, list[float]]:
    """Extrapolated hierarchical alternating least squares towards min ‖A − U V‖²_F with U, V ≥ 0.

    A: (m, p) ≥ 0, U: (m, k) ≥ 0, V: (k, p) ≥ 0. Returns new (U, V) and the relative squared error after each accepted
    iteration, which never rises. Stops when an iteration lowers it by less than `tolerance` of itself.
    Each factor is swept `inner` times per product with A, the costly part (the accelerated form), then extrapolated by
    β times its last step. An iteration that would raise the error is undone, and β is divided.
    Source: Cichocki & Phan 2009 (HALS); Gillis & Glineur 2012 (inner sweeps); Ang & Gillis 2019 (extrapolation; there
    a rise is accepted once, here never).
    """
    energy, losses, beta = A.square().sum(), [1.0], EXTRAPOLATION
    codes, atoms = U.T.contiguous(), V  # as last swept
    ahead, atoms_ahead = codes, atoms  # extrapolated from there
    found = codes, atoms
    for _ in range(max_iterations):
        swept = _swept(ahead, atoms_ahead @ A.T, atoms_ahead @ atoms_ahead.T, inner)
        new_ahead = _carried_on(codes, swept, beta)
        target, gram = new_ahead @ A, new_ahead @ new_ahead.T  # (k, p), (k, k)
        new_atoms = _swept(atoms_ahead, target, gram, inner)
        loss = relative_loss(new_atoms, target, gram, energy)
        if loss > losses[-1]:
            if beta == 0:
                break  # an iteration without extrapolation rises by rounding only
            ahead, atoms_ahead, beta = codes, atoms, beta / SLOWER if beta > LEAST else 0.0
            continue
        ahead, atoms_ahead = new_ahead, _carried_on(atoms, new_atoms, beta)
        codes, atoms, found, beta = swept, new_atoms, (new_ahead, new_atoms), min(1.0, beta * FASTER)
        losses.append(loss)
        if losses[-2] - losses[-1] < tolerance * losses[-1]:
            break
    return found[0].T, found[1], losses[1:]


def _swept(factor: Tensor, target: Tensor, gram: Tensor, times: int) -> Tensor:
    factor = factor.clone()
    for _ in range(times):
        sweep(factor, target, gram)
    return factor


def _carried_on(before: Tensor, after: Tensor, beta: float) -> Tensor:
    """after + β (after − before), clamped at 0."""
    return torch.lerp(before, after, 1 + beta).clamp_(min=0)


class NMFExtractor(SampledExtractor):
    """`nmf`: additive parts. Atoms have unit length, so that codes are in units of activation.

    Solved by HALS from coarse to fine: a seeded random start on every 16th row of the sample, then its atoms are
    refined on every 4th row and on all. Codes of unseen activations by non-negative least squares.
    """

    about = EXTRACTIONS["nmf"]

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
