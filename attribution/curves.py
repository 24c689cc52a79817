"""C-Deletion and C-Insertion: the score as concepts are removed, or added, in the order of their importance."""

from dataclasses import dataclass

import torch
from torch import Tensor

from attribution.budget import images_per_call, split_to_budget
from attribution.intervals import bootstrap_interval, scalar_interval
from attribution.masks import Rows, masked_scores
from attribution.score import Forward, Head, Target, check_importance, masked_score


@dataclass(frozen=True)
class ConceptCurve:
    """Scores along an order of the concepts. curves: (n, k + 1) logits of each image after m = 0 … k concepts.

    inserting: concepts are added, not removed. control: the same along a random order, drawn for each image.
    Intervals are 95% bootstrap intervals over images, drawn from `seed`.
    """

    curves: Tensor
    inserting: bool
    seed: int = 0
    control: "ConceptCurve | None" = None

    @property
    def curve(self) -> Tensor:
        """(k + 1,) logits, the mean over images."""
        return self.curves.mean(dim=0)

    @property
    def band(self) -> tuple[Tensor, Tensor]:
        """Low and high end of the interval of `curve`, (k + 1,) each."""
        return bootstrap_interval(self.curves, seed=self.seed)

    @property
    def aucs(self) -> Tensor:
        """(n,) logits: the area under each image's curve over m/k, by trapezoids."""
        return torch.trapezoid(self.curves, dim=1) / (self.curves.shape[1] - 1)

    @property
    def auc(self) -> float:
        """The area under `curve` over m/k, in logits."""
        return float(self.aucs.mean())

    @property
    def interval(self) -> tuple[float, float]:
        """Low and high end of the interval of `auc`."""
        return scalar_interval(self.aucs, seed=self.seed)

    @property
    def normalised(self) -> Tensor:
        """(k + 1,): (curve − F(0)) / (F(u) − F(0)) of the means over images: 1 with all concepts, 0 without any.

        This is the ratio of means; the mean of ratios diverges for one image with F(u) = F(0). NaN or infinite where
        the means are equal.
        """
        curve = self.curve
        everything, nothing = (curve[-1], curve[0]) if self.inserting else (curve[0], curve[-1])
        return (curve - nothing) / (everything - nothing)

    @property
    def above_control(self) -> tuple[float, tuple[float, float]]:
        """Mean over images of AUC minus the control's AUC, and its interval. Raises ValueError for the control."""
        if self.control is None:
            raise ValueError("this curve is the control itself: ask the result that holds it")
        difference = self.aucs - self.control.aucs
        return float(difference.mean()), scalar_interval(difference, seed=self.seed)


def c_deletion(
    head: Head,
    codes: Tensor,
    components: Tensor,
    target: Target,
    importance: Tensor,
    *,
    seed: int = 0,
    budget: int | None = None,
) -> ConceptCurve:
    """C-Deletion: F(u) with the m most important concepts set to 0, m = 0 … k. Lower is better.

    importance: (n, k), n ≥ 1; concepts are ordered by φ_i, largest first, ties by index. The control's orders are drawn
    from `seed`. Other arguments as in `concept_importance`. Source: Holistic, section 4.2, after Petsiuk et al. 2018.
    Raises ValueError for shapes that do not fit and for importances that are not finite.
    """
    return _measure(head, codes, components, target, importance, False, seed, budget)


def c_insertion(
    head: Head,
    codes: Tensor,
    components: Tensor,
    target: Target,
    importance: Tensor,
    *,
    seed: int = 0,
    budget: int | None = None,
) -> ConceptCurve:
    """C-Insertion: F with only the m most important concepts present, m = 0 … k. Higher is better.

    Arguments, source and errors as in `c_deletion`.
    """
    return _measure(head, codes, components, target, importance, True, seed, budget)


def importance_ranks(importance: Tensor) -> Tensor:
    """The rank 0 … k − 1 of each concept in its image, (n, k): largest importance first, ties by index."""
    return importance.argsort(dim=1, descending=True, stable=True).argsort(dim=1)


def _measure(
    head: Head,
    codes: Tensor,
    components: Tensor,
    target: Target,
    importance: Tensor,
    inserting: bool,
    seed: int,
    budget: int | None,
) -> ConceptCurve:
    check_importance(codes, components, importance)
    random = torch.rand(importance.shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    curves, at_random = (
        _curves(masked_score(head, components, target), codes, components, importance_ranks(phi), inserting, budget)
        for phi in (importance, random)
    )
    return ConceptCurve(curves, inserting, seed, control=ConceptCurve(at_random, inserting, seed))


def _curves(
    score: Forward,
    codes: Tensor,
    components: Tensor,
    ranks: Tensor,
    inserting: bool,
    budget: int | None,
) -> Tensor:
    """(n, k + 1) scores of the codes after the first m concepts by rank were removed, or added."""
    per_call, parts, k = images_per_call(codes, components, budget), [], len(components)
    batches = split_to_budget(codes, components, budget)
    for batch, rank in zip(batches, ranks.to(components.device).split(len(batches[0])), strict=True):
        rows = _first_or_rest(rank, inserting)
        parts.append(masked_scores(score, batch.to(components.dtype), rows, k + 1, per_call))
    return torch.cat(parts)


def _first_or_rest(rank: Tensor, first: bool) -> Rows:
    """The masks that keep the first m concepts of each image by rank (n, k), or all others; one row for each m."""

    def rows(start: int, stop: int) -> Tensor:
        among_first = rank[:, None] < torch.arange(start, stop, device=rank.device)[:, None]  # (n, stop - start, k)
        return among_first if first else ~among_first

    return rows
