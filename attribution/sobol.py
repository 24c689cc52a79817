"""Total Sobol indices (CRAFT, section 3.3): the share of the score's variance that involves a concept's mask.

Masks are uniform in [0, 1]^k. A replicate is a quasi-random design: two matrices A and B of N points from one scrambled
Sobol sequence in 2k dimensions, and A_B^j, which is A with column j from B.
"""

import torch
from torch import Tensor

from attribution.estimate import ImportanceEstimate, Sampling, from_groups
from attribution.masks import masked_scores
from attribution.score import Forward

REPLICATES = 8  # scrambled anew, hence independent; the standard error is computed from their scatter
POINTS = 8  # N per replicate, a power of 2


def sobol(score: Forward, codes: Tensor, sampling: Sampling) -> ImportanceEstimate:
    """S_Tj in [0, ∞), about 1 at most: the total Sobol index of mask m_j. 0 where F does not vary."""
    k = codes.shape[-1]
    pairs = [sobol_points(k, POINTS, (sampling.seed, replicate)) for replicate in range(REPLICATES)]
    A, B = (torch.cat(points).to(codes) for points in zip(*pairs, strict=True))  # (REPLICATES POINTS, k)
    n_masks = len(A) * (k + 2)
    scores = masked_scores(score, codes, lambda i, j: design_rows(A, B, i, j), n_masks, sampling.per_call)
    scores = scores.view(len(codes), REPLICATES, POINTS, k + 2)
    return from_groups(lambda chosen: total_indices(scores[:, chosen].flatten(1, 2)), REPLICATES)


def sobol_points(k: int, n_points: int, seed: tuple[int, ...]) -> tuple[Tensor, Tensor]:
    """A and B, (n_points, k) each, float64 in [0, 1]: the two halves of one scrambled Sobol sequence's dimensions."""
    import numpy as np
    from scipy.stats import qmc

    points = qmc.Sobol(2 * k, scramble=True, rng=np.random.default_rng(seed)).random(n_points)
    A, B = torch.from_numpy(points).split(k, dim=1)
    return A, B


def design_rows(A: Tensor, B: Tensor, start: int, stop: int) -> Tensor:
    """Rows start to stop of the design, (stop − start, k): for each point in turn A, B, A_B^1, …, A_B^k."""
    k = A.shape[1]
    index = torch.arange(start, stop, device=A.device)
    point, place = index // (k + 2), index % (k + 2) - 2  # place: −2 for A, −1 for B, j for A_B^j
    concepts = torch.arange(k, device=A.device)
    from_b = (place[:, None] == -1) | (place[:, None] == concepts)
    return torch.where(from_b, B[point], A[point])


def total_indices(scores: Tensor) -> Tensor:
    """S_Tj = ½ mean (f(A) − f(A_B^j))² / Var f, shape (n, k); 0 where f is constant up to rounding.

    scores: (n, N, k + 2), f at A, B, A_B^1, …, A_B^k. The variance is that of f(A) and f(B) together.
    Source: Jansen 1999; Saltelli et al. 2010, table 2 (f).
    """
    at_a, both = scores[..., :1], scores[..., :2].flatten(1)
    variance = both.var(dim=1, correction=0)
    halves = (at_a - scores[..., 2:]).square().mean(dim=1) / 2  # (n, k)
    rounding = 16 * torch.finfo(scores.dtype).eps * scores.abs().amax(dim=(1, 2))
    varies = variance.sqrt() > rounding
    return torch.where(varies[:, None], halves / torch.where(varies, variance, 1)[:, None], 0)
