"""A sampled importance with its standard error."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

GROUPS = 16  # independent groups of draws, from whose scatter the standard error comes


@dataclass(frozen=True)
class Sampling:
    """How a method may draw and compute. per_call: how many masked images a call of the head may hold.

    All images get the same draws, so that a result does not depend on which images share a batch.
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
    """An estimate from r independent groups of draws, and its standard error by the jackknife that leaves one out.

        se² = (r − 1)/r Σ_g (φ₍₋g₎ − mean φ₍₋.₎)²

    estimate: indices of the groups to use -> (n, k). Source: Efron & Stein 1981, eq. 1.2, with groups for points.
    The error tells how phi varies with other draws; not the bias of an estimator that has one.
    """
    groups = torch.arange(n_groups)
    left_out = torch.stack([estimate(groups[groups != g]) for g in range(n_groups)])
    variance = (n_groups - 1) * left_out.var(dim=0, correction=0)
    return ImportanceEstimate(estimate(groups), variance.sqrt())
