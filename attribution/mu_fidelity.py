"""C-μFidelity: correlation of the summed importances of some concepts with the score lost without them."""

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from attribution.budget import images_per_call, split_to_budget
from attribution.intervals import scalar_interval
from attribution.masks import masked_scores, rows_of
from attribution.score import Head, Target, check_importance, masked_score

SUBSETS = 128  # random subsets per image


@dataclass(frozen=True)
class MuFidelity:
    """Correlations in [−1, 1] of the images that have one. per_image: (m,). images: (m,) their indices.

    left_out: number of images without one, since their scores or their importances do not vary between subsets.
    control: the same for random importances, on the same subsets.
    """

    per_image: Tensor
    images: Tensor
    left_out: int
    subset_size: int
    seed: int = 0
    control: "MuFidelity | None" = None

    @property
    def value(self) -> float:
        """The mean over `images`; NaN where every image was left out."""
        return float(self.per_image.mean())

    @property
    def interval(self) -> tuple[float, float]:
        """Low and high end of the 95% bootstrap interval of `value` over images; NaN where all were left out."""
        return scalar_interval(self.per_image, seed=self.seed)


def c_mu_fidelity(
    head: Head,
    codes: Tensor,
    components: Tensor,
    target: Target,
    importance: Tensor,
    *,
    subset_size: int | None = None,
    n_subsets: int = SUBSETS,
    seed: int = 0,
    budget: int | None = None,
) -> MuFidelity:
    """C-μFidelity: Pearson correlation over random subsets S between Σ_{j∈S} φ_j and F(u) − F(u with S set to 0).

    Higher is better. Every subset has `subset_size` concepts, k // 2 by default: there the sums vary most, as
    |S| (k − |S|), so that few subsets determine the correlation best, and a concept is removed as often as kept.
    Subsets and the control are drawn for each image in turn from `seed`. Other arguments as in `c_deletion`.
    Source: Holistic, section 4.2, after Bhatt et al. 2020.
    Raises ValueError as there, and unless 1 ≤ subset_size < k and n_subsets ≥ 2.
    """
    check_importance(codes, components, importance)
    k = len(components)
    size = _checked_size(k, subset_size, n_subsets)
    score, per_call = masked_score(head, components, target), images_per_call(codes, components, budget)
    draws = _draws(k, size, n_subsets, seed)
    batches = split_to_budget(codes, components, budget)
    measured, at_random = [], []
    for batch, phi in zip(batches, importance.to(components).split(len(batches[0])), strict=True):
        drawn = [next(draws) for _ in range(len(batch))]
        kept, random = (torch.stack(part).to(components.device) for part in zip(*drawn, strict=True))
        scores = masked_scores(score, batch.to(components.dtype), rows_of(kept), n_subsets + 1, per_call)
        removed = (~kept[:, 1:]).to(components)  # the first mask keeps all
        measured.append(_correlations(removed, phi, scores))
        at_random.append(_correlations(removed, random.to(components), scores))
    control = _gathered(torch.cat(at_random), size, seed, None)
    return _gathered(torch.cat(measured), size, seed, control)


def pearson(x: Tensor, y: Tensor) -> Tensor:
    """Correlation of x and y (n, M) along M, (n,) in [−1, 1]; NaN where one does not vary."""
    x, y = x - x.mean(dim=1, keepdim=True), y - y.mean(dim=1, keepdim=True)
    return ((x * y).sum(dim=1) / (x.norm(dim=1) * y.norm(dim=1))).clamp(-1, 1)


def _draws(k: int, size: int, n_subsets: int, seed: int) -> Iterator[tuple[Tensor, Tensor]]:
    """For each image in turn: masks of kept concepts (1 + n_subsets, k), all at first; random importances (k,)."""
    generator = torch.Generator().manual_seed(seed)
    while True:
        random = torch.rand(k, generator=generator, dtype=torch.float64)
        order = torch.rand(n_subsets, k, generator=generator, dtype=torch.float64).argsort(dim=1)
        yield torch.cat([torch.ones(1, k, dtype=torch.bool), order >= size]), random


def _correlations(removed: Tensor, phi: Tensor, scores: Tensor) -> Tensor:
    """(n,) correlations; NaN where scores or importances do not vary beyond rounding.

    removed: (n, M, k) of 0 and 1; phi: (n, k); scores: (n, 1 + M), with all concepts first.
    """
    claimed = (removed @ phi[..., None])[..., 0]  # (n, M)
    lost = scores[:, :1] - scores[:, 1:]
    vary = _vary(claimed, phi.abs().sum(dim=1)) & _vary(lost, scores.abs().amax(dim=1))
    return torch.where(vary, pearson(claimed, lost), torch.nan)


def _vary(values: Tensor, scale: Tensor) -> Tensor:
    """True for rows of values (n, M) that vary by more than the rounding of numbers as large as scale (n,)."""
    return values.std(dim=1, correction=0) > 16 * torch.finfo(values.dtype).eps * scale


def _gathered(correlations: Tensor, size: int, seed: int, control: MuFidelity | None) -> MuFidelity:
    images = (~correlations.isnan()).nonzero()[:, 0]
    return MuFidelity(correlations[images], images, len(correlations) - len(images), size, seed, control)


def _checked_size(k: int, size: int | None, n_subsets: int) -> int:
    size = k // 2 if size is None else size
    if not 1 <= size < k or n_subsets < 2:
        raise ValueError(
            f"{n_subsets} subsets of {size} of {k} concepts do not vary: "
            "give n_subsets ≥ 2 and 1 ≤ subset_size < k, which takes at least 2 concepts"
        )
    return size
