"""HSIC in concept space: how strongly the score depends on whether a concept is kept (Novello et al., NeurIPS 2022)."""

import torch
from torch import Tensor

from attribution.estimate import GROUPS, ImportanceEstimate, Sampling, from_groups
from attribution.masks import binary_masks, masked_scores, rows_of
from attribution.score import Forward

MASKS = 16  # per group; GROUPS groups are drawn


def hsic(score: Forward, codes: Tensor, sampling: Sampling) -> ImportanceEstimate:
    """HSIC(m_j, F(u ⊙ m)) ≥ 0 over independent binary masks, each concept kept with probability 1/2.

    The estimator is biased upwards by about 1/(number of masks): a concept without effect has a value above 0.
    """
    n_masks, k = GROUPS * MASKS, codes.shape[-1]
    masks = binary_masks(n_masks, k, sampling.seed).to(codes)
    scores = masked_scores(score, codes, rows_of(masks), n_masks, sampling.per_call)
    scores, masks = scores.view(-1, GROUPS, MASKS), masks.view(GROUPS, MASKS, k)
    return from_groups(lambda g: dependence(masks[g].flatten(0, 1), scores[:, g].flatten(1)), GROUPS)


def dependence(masks: Tensor, scores: Tensor) -> Tensor:
    """The biased HSIC tr(K H L H) / M² of every concept's mask with the score, (n, k); 0 where the score is constant.

    masks: (M, k) of 0 and 1. scores: (n, M). K is the Dirac kernel [m = m'], for which H K H = 2 m̄ m̄ᵀ with m̄ the
    centred mask; L = exp(−(y − y')² / 2σ²) with σ the deviation of the scores (Novello et al. take their median, which
    changes when a constant is added to the score). Images are processed one by one: L has M × M entries.
    Source: Gretton et al. 2005, definition 2, divided by M² for (M − 1)².
    """
    centred = (masks - masks.mean(dim=0)).T  # (k, M)
    return torch.stack([2 * (centred @ L * centred).mean(dim=1) / len(masks) for L in map(_kernel, scores)])


def _kernel(scores: Tensor) -> Tensor:
    """L (M, M) of scores (M,); all 0 where they are constant up to rounding: nothing depends on them."""
    width = scores.std(correction=0)
    if width <= 16 * torch.finfo(scores.dtype).eps * scores.abs().max():
        return torch.zeros_like(scores).expand(len(scores), -1)
    return torch.exp(-((scores[:, None] - scores) / width).square() / 2)
