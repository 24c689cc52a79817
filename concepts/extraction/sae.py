"""The common part of the sparse autoencoders: U = ψ(A W + b), Â = U V, trained by Adam on mini-batches."""

import math
from abc import abstractmethod
from dataclasses import dataclass

import torch
from torch import Tensor

from concepts.activations.rows import Rows, mini_batches, sample_rows
from concepts.extraction.base import SAMPLE, Extractor
from concepts.extraction.kmeans import spread_rows

REVIVE_EVERY = 50  # steps without use after which an atom is dead


@dataclass
class Weights:
    """Trained tensors: encoder W (p, k) and bias b (k); `atoms` (k, ·), which `decode` turns into V (k, p)."""

    encoder: Tensor
    bias: Tensor
    atoms: Tensor

    def tensors(self) -> list[Tensor]:
        return [self.encoder, self.bias, self.atoms]


def keep_largest(codes: Tensor, count: int) -> Tensor:
    """The codes (m, k) with all but the `count` largest entries of each row 0 (TopK; Gao et al. 2024, eq. 2)."""
    largest = codes.topk(count, dim=1)
    return torch.zeros_like(codes).scatter(1, largest.indices, largest.values)


def keep_largest_of_batch(codes: Tensor, count: int) -> Tensor:
    """The codes (m, k) with all but their m · count largest entries 0 (BatchTopK; Bussmann et al. 2024, eq. 4)."""
    flat = codes.flatten()
    largest = flat.topk(len(codes) * count)
    return torch.zeros_like(flat).scatter(0, largest.indices, largest.values).view_as(codes)


def onto_simplex(S: Tensor) -> Tensor:
    """The nearest point to each row of S (k, c) with entries ≥ 0 that sum to 1 (Held, Wolfe & Crowder 1974)."""
    ordered = S.sort(dim=1, descending=True).values
    excess = (ordered.cumsum(dim=1) - 1) / torch.arange(1, S.shape[1] + 1, device=S.device)
    support = (ordered > excess).sum(dim=1, keepdim=True)
    return (S - excess.gather(1, support - 1)).clamp(min=0)


class SparseAutoencoder(Extractor):
    """U = ψ(A W + b) ≥ 0, sparse; Â = U V without a bias, so that u = 0 means "concept absent".

    Minimises ‖A − U V‖²_F by Adam over mini-batches of all rows in a seeded order; the learning rate falls to 0 along a
    half cosine. Activations are divided by their root mean square norm while training; ψ is homogeneous, so the scale
    is restored exactly afterwards. Starts from k rows, spread out by k-means++ on their directions, encoder tied. An
    atom that no row has used for REVIVE_EVERY steps is moved to a badly reconstructed row (drawn by squared error), in
    the first three quarters of the training: resampling (Bricken et al. 2023) in place of an auxiliary loss.

    k_active: codes in use per row; None is a quarter of the concepts, rounded up. Raises ValueError when it is not
    between 1 and n_concepts.
    """

    def __init__(
        self,
        n_concepts: int,
        *,
        seed: int = 0,
        k_active: int | None = None,
        steps: int = 1000,
        batch_size: int = 1024,
        learning_rate: float = 3e-3,
    ) -> None:
        super().__init__(n_concepts, seed=seed)
        if k_active is not None and not 1 <= k_active <= n_concepts:
            raise ValueError(f"k_active is {k_active}: choose 1 to n_concepts = {n_concepts}")
        self.k_active = k_active
        self.steps = steps
        self.batch_size = batch_size
        self.learning_rate = learning_rate

    @property
    def n_active(self) -> int:
        """Codes in use per row."""
        return math.ceil(self.n_concepts / 4) if self.k_active is None else self.k_active

    @abstractmethod
    def _sparsify(self, codes: Tensor) -> Tensor:
        """The selection of ψ while training: (m, k) ≥ 0 -> the same with most entries 0."""

    def _prepare(self, sample: Tensor) -> Tensor:
        """The rows (·, p) among which the first atoms are chosen; called with a scaled sample of the data."""
        return sample

    def _start(self, rows: Tensor) -> Tensor:
        """The atoms' parameters (k', ·) that decode to approximately the directions of these rows (k', p)."""
        return torch.nn.functional.normalize(rows, dim=1)

    def _decode(self, atoms: Tensor) -> Tensor:
        """V (k, p) of the atoms' parameters."""
        return atoms

    def _project(self, atoms: Tensor) -> Tensor:
        """The nearest feasible parameters after a step: unit length."""
        return torch.nn.functional.normalize(atoms, dim=1)

    def _fit(self, rows: Rows) -> dict[str, Tensor]:
        sample = self._checked(sample_rows(rows, SAMPLE, self.seed))
        scale = sample.square().sum(dim=1).mean().sqrt().clamp(min=torch.finfo(sample.dtype).tiny)
        return self._in_data_units(self._train(rows, self._prepare(sample / scale), scale), scale)

    def _in_data_units(self, weights: Weights, scale: Tensor) -> dict[str, Tensor]:
        """The state for activations that are not divided by `scale`: the codes are rescaled."""
        return {
            "components": self._decode(weights.atoms),
            "encoder": weights.encoder,
            "bias": weights.bias * scale,
        }

    def _train(self, rows: Rows, first: Tensor, scale: Tensor) -> Weights:
        generator = torch.Generator().manual_seed(self.seed)
        weights = self._first_weights(first)
        optimizer = torch.optim.Adam(weights.tensors(), lr=self.learning_rate)
        decay = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, self.steps)
        used = torch.zeros(self.n_concepts, dtype=torch.bool, device=first.device)
        batches = mini_batches(rows, self.batch_size, generator)
        for step in range(1, self.steps + 1):
            A = self._checked(next(batches)) / scale
            U, error = self._step(A, weights, optimizer)
            decay.step()
            used |= (U > 0).any(dim=0)
            if step % REVIVE_EVERY == 0:
                if step <= 0.75 * self.steps:
                    self._revive(~used, A, error, weights, optimizer, generator)
                used.zero_()
        return Weights(*(each.detach() for each in weights.tensors()))

    def _first_weights(self, first: Tensor) -> Weights:
        atoms = self._start(first[spread_rows(first, self.n_concepts, self.seed)])
        encoder = torch.nn.functional.normalize(self._decode(atoms), dim=1).T.contiguous()
        weights = Weights(encoder, first.new_zeros(self.n_concepts), atoms)
        for each in weights.tensors():
            each.requires_grad_()
        return weights

    def _step(self, A: Tensor, weights: Weights, optimizer: torch.optim.Optimizer) -> tuple[Tensor, Tensor]:
        """One step of Adam. Returns the codes (m, k) and the squared errors (m,) before it."""
        with torch.enable_grad():
            U = self._sparsify((A @ weights.encoder + weights.bias).relu())
            error = (A - U @ self._decode(weights.atoms)).square().sum(dim=1)
            optimizer.zero_grad()
            error.mean().backward()
        optimizer.step()
        with torch.no_grad():
            weights.atoms.copy_(self._project(weights.atoms))
        return U.detach(), error.detach()

    @torch.no_grad()
    def _revive(
        self,
        dead: Tensor,
        A: Tensor,
        error: Tensor,
        weights: Weights,
        optimizer: torch.optim.Optimizer,
        generator: torch.Generator,
    ) -> None:
        """Move dead atoms (k,) to badly reconstructed rows of A, and reset Adam's moments for them."""
        chances = error.double().cpu()
        places = dead.nonzero().flatten()[: int(chances.count_nonzero())]
        if not len(places):
            return
        drawn = torch.multinomial(chances, len(places), generator=generator).to(A.device)
        weights.atoms[places] = self._start(A[drawn])
        V = torch.nn.functional.normalize(self._decode(weights.atoms), dim=1)
        weights.encoder[:, places] = V[places].T
        weights.bias[places] = 0
        for tensor, index in (
            (weights.encoder, (slice(None), places)),
            (weights.bias, places),
            (weights.atoms, places),
        ):
            for name in ("exp_avg", "exp_avg_sq"):
                optimizer.state[tensor][name][index] = 0

    def _raw_codes(self, A: Tensor) -> Tensor:
        """relu(A W + b), (m, k): codes before the selection."""
        encoder, bias = (self.state[name].to(A) for name in ("encoder", "bias"))
        return (A @ encoder + bias).relu()
