"""A sampled importance with its standard error."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

GROUPS = 16  # independent groups of draws; the standard error is computed from their scatter


@dataclass(frozen=True)
class Sampling:
    """Seed and batch size of a method. per_call: the largest number of masked images per call of the head.

    Draws do not depend on which images share a batch: all images get the same, or each its own by its codes.
    """

    seed: int = 0
    per_call: int = 1


@dataclass(frozen=True)
class ImportanceEstimate:
    """phi: (n, k). standard_error: (n, k) of a sampled phi, in its units; None where nothing was sampled."""

    phi: Tensor
    standard_error: Tensor | None = None


def from_replicates(replicates: Tensor) -> ImportanceEstimate:
    """The mean of r ≥ 2 independent estimates (r, n, k), and its standard error, their deviation over √r."""
    return ImportanceEstimate(replicates.mean(dim=0), replicates.std(dim=0) / len(replicates) ** 0.5)


def from_groups(estimate: Callable[[Tensor], Tensor], n_groups: int) -> ImportanceEstimate:
    """An estimate from r independent groups of draws, and its standard error by the leave-one-out jackknife.

        se² = (r − 1)/r Σ_g (φ₍₋g₎ − mean φ₍₋.₎)²

    estimate: indices of the groups to use -> (n, k). Source: Efron & Stein 1981, eq. 1.2, with groups for points.
    The error measures how phi varies with other draws; it does not include the bias of a biased estimator.
    """
    groups = torch.arange(n_groups)
    left_out = torch.stack([estimate(groups[groups != g]) for g in range(n_groups)])
    variance = (n_groups - 1) * left_out.var(dim=0, correction=0)
    return ImportanceEstimate(estimate(groups), variance.sqrt())
