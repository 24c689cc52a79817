"""Classifier-aware NMF: the factorisation also keeps the head's predictions (after FACE: KL of h(A) and h(U V))."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import normalize

from concepts.activations.rows import Rows
from concepts.extraction.base import SAMPLE, Extractor, Option
from concepts.extraction.least_squares import nonnegative_codes, sweep
from concepts.extraction.methods import CLASSIFIER_AWARE_NMF
from concepts.extraction.nmf import NMFExtractor
from concepts.models import Split

Head = Callable[[Tensor], Tensor]  # activations (n, T..., p) -> logits (n, c), differentiable


@dataclass(frozen=True)
class Answers:
    """The predictions to keep, softmax h(A) of n images, and the settings of the head's calls."""

    head: Head
    positions: tuple[int, ...]
    log_p: Tensor  # (n, c)
    batch_size: int

    @classmethod
    def of(cls, head: Head, A: Tensor, positions: tuple[int, ...], batch_size: int) -> "Answers":
        """The head's predictions for A (n, T, p)."""
        with torch.no_grad():
            parts = [log_answers(head, part, positions) for part in A.split(batch_size)]
        return cls(head, positions, torch.cat(parts), batch_size)

    def divergence(self, X: Tensor) -> Tensor:
        """(n,) KL(softmax h(A_i) ‖ softmax h(X_i)) ≥ 0, in nats, of X (n, T, p)."""
        with torch.no_grad():
            return torch.cat([self._divergence(part, log_p) for part, log_p in self._parts(X)])

    def gradient(self, X: Tensor) -> Tensor:
        """(n, T, p): the gradient of each image's divergence with respect to its activations."""
        gradients: list[Tensor] = []
        for part, log_p in self._parts(X):
            part = part.detach().requires_grad_()
            with torch.enable_grad():
                gradients += torch.autograd.grad(self._divergence(part, log_p).sum(), part)
        return torch.cat(gradients)

    def _parts(self, X: Tensor) -> Iterator[tuple[Tensor, Tensor]]:
        return zip(X.split(self.batch_size), self.log_p.split(self.batch_size), strict=True)

    def _divergence(self, X: Tensor, log_p: Tensor) -> Tensor:
        return (log_p.exp() * (log_p - log_answers(self.head, X, self.positions))).sum(dim=1)


def log_answers(head: Head, A: Tensor, positions: tuple[int, ...]) -> Tensor:
    """log softmax h(A), (n, c), of activations (n, T, p), which the head receives as (n, *positions, p)."""
    return head(A.reshape(len(A), *positions, A.shape[-1])).to(A.dtype).log_softmax(dim=1)


def proximal_target(A: Tensor, X: Tensor, gradient: Tensor, curvature: Tensor, energy: float) -> Tensor:
    """The Y for which the majoriser of the objective is ‖Y − U V‖², up to scale and constant, image by image.

    With D(X) the weighted divergence, D(Z) ≤ D(X) + ⟨G, Z − X⟩ + (L/2)‖Z − X‖² for L large enough; adding
    ‖A − Z‖²/e yields (1/e + L/2) ‖Y − Z‖² + constant with Y = (A/e − G/2 + (L/2) X) / (1/e + L/2).
    A, X, gradient: (n, T, p); curvature L: (n, 1, 1) or scalar ≥ 0; energy e > 0.
    """
    return (A / energy - gradient / 2 + curvature / 2 * X) / (1 / energy + curvature / 2)


class ClassifierAwareNMF(Extractor):
    """`classifier_aware_nmf`: NMF whose reconstruction also keeps the head's predictions.

        min ‖A − U V‖²/‖A‖² + weight · mean_i KL(softmax h(A_i) ‖ softmax h(Â_i)),  U ≥ 0, V ≥ 0

    Activations are flat, (n·T, p), image after image; the head receives them as (n, *positions, p). Starts at `nmf` and
    alternates: the divergence is majorised at U V by a quadratic (`proximal_target`), HALS sweeps go towards its
    target, and its curvature is doubled until the true objective does not rise. So the objective never rises, and
    weight = 0 is `nmf` exactly. `losses_` holds the objective after each step.
    Codes of unseen activations: the same with V fixed, image by image, relative to the energy of the fit's images, so
    that they do not depend on the other images.
    Fitted on as many whole images, seeded, as fit in `sample` rows. Atoms have unit length.

    weight: of one nat of divergence relative to the whole squared error; 0 is plain nmf.
    Raises ValueError for a negative weight, or rows that are not a whole number of images.
    """

    about = CLASSIFIER_AWARE_NMF

    def __init__(
        self,
        n_concepts: int,
        *,
        head: Head,
        positions: Sequence[int],
        weight: float = 1.0,
        seed: int = 0,
        sample: int = SAMPLE,
        max_steps: int = 50,
        tolerance: float = 1e-4,
        batch_size: int = 64,
    ) -> None:
        super().__init__(n_concepts, seed=seed)
        if not 0 <= weight < math.inf:
            raise ValueError(f"weight is {weight}: give 0 (plain nmf) or more")
        if any(size < 1 for size in positions):
            raise ValueError(f"positions are {tuple(positions)}: give (h, w) of a map, (T,) of tokens, () of a vector")
        self.head = head
        self.positions = tuple(positions)
        self.weight = weight
        self.sample = sample
        self.max_steps = max_steps
        self.tolerance = tolerance
        self.batch_size = batch_size
        self.losses_: list[float] = []

    @property
    def options(self) -> dict[str, Option]:
        return {name: value for name, value in super().options.items() if name != "head"}

    def _fit(self, rows: Rows) -> dict[str, Tensor]:
        plain = NMFExtractor(self.n_concepts, seed=self.seed, sample=self.sample).fit(rows).dictionary
        A = self._checked(self._whole_images(rows))  # (n, T, p)
        energy = (A.square().sum() / len(A)).clamp(min=torch.finfo(A.dtype).tiny)
        V = plain if self.weight == 0 else self._refine(A, plain, energy.item())
        return {"components": V, "energy": energy}

    def _codes(self, A: Tensor, V: Tensor) -> Tensor:
        U = nonnegative_codes(A, V)
        if self.weight == 0 or not len(A):
            return U
        images, codes = self._images(A), self._images(U)
        energy = self.state["energy"].item()
        parts = zip(images.split(self.batch_size), codes.split(self.batch_size), strict=True)
        return torch.cat([self._refine_codes(part, u, V, energy) for part, u in parts]).flatten(0, 1)

    def _images(self, A: Tensor) -> Tensor:
        """(n·T, ·) → (n, T, ·)."""
        size = math.prod(self.positions)
        if len(A) % size:
            raise ValueError(f"{len(A)} rows are no whole number of images of {size} positions {self.positions}")
        return A.reshape(-1, size, A.shape[1])

    def _whole_images(self, rows: Rows) -> Tensor:
        size, m = math.prod(self.positions), rows.shape[0]
        if m % size:
            raise ValueError(f"{m} rows are no whole number of images of {size} positions {self.positions}")
        generator = torch.Generator().manual_seed(self.seed)
        chosen = torch.randperm(m // size, generator=generator)[: max(1, self.sample // size)].sort().values.tolist()
        return torch.stack([rows.read(i * size, (i + 1) * size) for i in chosen])

    def _losses(self, A: Tensor, X: Tensor, answers: Answers, energy: float) -> Tensor:
        """(n,): each image's share of the objective, times n."""
        return (A - X).square().sum(dim=(1, 2)) / energy + self.weight * answers.divergence(X)

    def _refine(self, A: Tensor, V: Tensor, energy: float) -> Tensor:
        """V (k, p) after proximal steps on U and V together, from the plain dictionary."""
        answers = Answers.of(self.head, A, self.positions, self.batch_size)
        codes, atoms = nonnegative_codes(A.flatten(0, 1), V).T.contiguous(), V.clone()
        X = (codes.T @ atoms).view_as(A)
        loss, curvature = self._losses(A, X, answers, energy).mean().item(), A.new_tensor(1 / energy)
        self.losses_ = [loss]
        for _ in range(self.max_steps):
            gradient = self.weight * answers.gradient(X)
            for _ in range(30):
                target = proximal_target(A, X, gradient, curvature, energy).flatten(0, 1)
                new_codes, new_atoms = _sweep_both(target, codes, atoms)
                new_X = (new_codes.T @ new_atoms).view_as(A)
                new_loss = self._losses(A, new_X, answers, energy).mean().item()
                if new_loss <= loss:
                    break
                curvature = curvature * 2
            else:
                break  # no step, however short, lowers the loss: a stationary point up to rounding
            codes, atoms, X, curvature = new_codes, new_atoms, new_X, curvature / 2
            fall, loss = loss - new_loss, new_loss
            self.losses_.append(loss)
            if fall <= self.tolerance * loss:
                break
        return normalize(atoms, dim=1)

    def _refine_codes(self, A: Tensor, U: Tensor, V: Tensor, energy: float) -> Tensor:
        """Codes (n, T, k) after proximal steps with V fixed; each image has its own curvature and stops on its own."""
        answers, gram = Answers.of(self.head, A, self.positions, self.batch_size), V @ V.T
        loss = self._losses(A, U @ V, answers, energy)
        curvature, done = A.new_full((len(A), 1, 1), 1 / energy), torch.zeros_like(loss, dtype=torch.bool)
        for _ in range(self.max_steps):
            X = U @ V
            target = proximal_target(A, X, self.weight * answers.gradient(X), curvature, energy)
            codes = U.flatten(0, 1).T.clone(memory_format=torch.contiguous_format)  # swept in place
            for _ in range(5):
                sweep(codes, V @ target.flatten(0, 1).T, gram)
            new_U = codes.T.reshape(U.shape)
            new_loss = self._losses(A, new_U @ V, answers, energy)
            better = (new_loss <= loss) & ~done
            fall = torch.where(better, loss - new_loss, torch.zeros_like(loss))
            U, loss = torch.where(better.view(-1, 1, 1), new_U, U), torch.where(better, new_loss, loss)
            curvature = torch.where(better.view(-1, 1, 1), curvature / 2, curvature * 4)
            done |= better & (fall <= self.tolerance * loss)
            if done.all():
                break
        return U


def classifier_aware_nmf(split: Split, n_concepts: int, *, weight: float = 1.0, seed: int = 0) -> ClassifierAwareNMF:
    """The unfitted estimator for a split model, with its head and its positions.

    Raises ValueError where the layer's activations are signed, for which NMF is undefined.
    """
    if split.sign != ">= 0":
        raise ValueError(f"layer {split.layer} has negative activations: classifier-aware NMF needs a layer ≥ 0")
    return ClassifierAwareNMF(n_concepts, head=split.head, positions=split.info.shape[:-1], weight=weight, seed=seed)


def _sweep_both(target: Tensor, codes: Tensor, atoms: Tensor, inner: int = 2) -> tuple[Tensor, Tensor]:
    """HALS sweeps of both factors towards a target (m, p) of any sign; new codes (k, m) and atoms (k, p)."""
    codes, atoms = codes.clone(), atoms.clone()
    wanted, gram = atoms @ target.T, atoms @ atoms.T
    for _ in range(inner):
        sweep(codes, wanted, gram)
    wanted, gram = codes @ target, codes @ codes.T
    for _ in range(inner):
        sweep(atoms, wanted, gram)
    return codes, atoms
