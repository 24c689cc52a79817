"""Do the intervals of Shapley values over photos cover what they say? Heads for which the values can be enumerated.

Made-up photos: 20,000 of six concepts, each with an amount of 0.5 to 1.5. The truth is the mean of their exact Shapley
values, from all 64 coalitions. A run draws 100 of them, estimates φ as a report does, and asks whether the 95%
bootstrap interval of the mean holds the truth; exact values stand beside it. To reach: at least 93%.
"""

import argparse
from collections.abc import Callable
from math import factorial

import numpy as np
import torch
from torch import Tensor

from attribution.importance import concept_importance
from benchmarks.measuring import machine
from concepts.numerics.intervals import bootstrap_means, interval, wilson

K, POPULATION, PHOTOS = 6, 20_000, 100
Head = Callable[[Tensor], Tensor]  # codes (n, 6) -> score (n,)


def pairs(u: Tensor) -> Tensor:
    """Concepts that work together, two by two."""
    return u[:, 0] + 2 * u[:, 1] * u[:, 2] + u[:, 3] * u[:, 4] - u[:, 2] * u[:, 5]


def largest(u: Tensor) -> Tensor:
    """Only the largest concept counts."""
    return u.amax(dim=1)


def all_at_once(u: Tensor) -> Tensor:
    """A threshold on the sum of all concepts."""
    return torch.relu(u.sum(dim=1) - 4)


HEADS = {"pairs": pairs, "largest": largest, "threshold": all_at_once}


def population() -> Tensor:
    """(20,000, 6) codes > 0."""
    return torch.from_numpy(np.random.default_rng(0).uniform(0.5, 1.5, (POPULATION, K)))


def exact_shapley(head: Head, u: Tensor) -> Tensor:
    """(n, 6): Σ_S |S|! (5 − |S|)! / 6! (F(S ∪ j) − F(S)) over all sets S of other concepts."""
    kept = (torch.arange(2**K)[:, None] >> torch.arange(K) & 1).to(u)  # (64, 6)
    values = torch.stack([head(u * coalition) for coalition in kept], dim=1)  # (n, 64)
    phi = torch.zeros_like(u)
    for s in range(2**K):
        for j in range(K):
            if not s >> j & 1:
                size = s.bit_count()
                weight = factorial(size) * factorial(K - 1 - size) / factorial(K)
                phi[:, j] += weight * (values[:, s | 1 << j] - values[:, s])
    return phi


def covered(phi: np.ndarray, truth: np.ndarray, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """(6,) bool, True where the interval of the mean of φ (n, 6) holds the truth (6,); (6,) its width."""
    low, high = interval(bootstrap_means(phi, seed=seed))
    return (low <= truth) & (truth <= high), high - low


def report(name: str, head: Head, everyone: Tensor, runs: int) -> None:
    exact, found, known = exact_shapley(head, everyone), [], []
    truth = exact.mean(dim=0).numpy()
    for run in range(runs):
        rows = np.random.default_rng(run).choice(POPULATION, PHOTOS, replace=False)
        outputs, V = (lambda A: head(A)[:, None]), torch.eye(K, dtype=everyone.dtype)
        phi = concept_importance(outputs, everyone[rows], V, 0, "shapley", seed=run, closed_form=False)
        found.append(covered(phi.numpy(), truth, run))
        known.append(covered(exact[rows].numpy(), truth, run))
    for how, draws in (("sampled", found), ("exact", known)):
        holds, width = (np.stack(part) for part in zip(*draws, strict=True))
        low, high = wilson(int(holds.sum()), holds.size)
        print(f"  {name:<10}{how:<9}{holds.mean():6.1%} [{low:.1%}, {high:.1%}]  mean width {width.mean():.3f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=200)
    options = parser.parse_args()
    print(f"{machine()}; {options.runs} runs of {PHOTOS} photos, {K} concepts: share of intervals that hold the truth")
    everyone = population()
    for name, head in HEADS.items():
        report(name, head, everyone, options.runs)


if __name__ == "__main__":
    main()
