"""RISE in concept space: the mean score where a concept is kept."""

from torch import Tensor

from attribution.estimate import GROUPS, ImportanceEstimate, Sampling, from_groups
from attribution.masks import masked_scores, paired_masks, rows_of
from attribution.score import Forward

MASKS = 16  # per group; GROUPS groups are drawn


def rise(score: Forward, codes: Tensor, sampling: Sampling) -> ImportanceEstimate:
    """E[F(u ⊙ m) m_j] / E[m_j] over binary masks, each concept kept with probability 1/2.

    It includes a part common to all concepts, E[F] and the like: only differences between concepts are informative.
    Masks come in pairs m, 1 − m, so that every concept is kept equally often.
    """
    n_masks, k = GROUPS * MASKS, codes.shape[-1]
    masks = paired_masks(n_masks, k, sampling.seed).to(codes)
    scores = masked_scores(score, codes, rows_of(masks), n_masks, sampling.per_call)
    scores, masks = scores.view(-1, GROUPS, MASKS), masks.view(GROUPS, MASKS, k)
    return from_groups(lambda g: mean_where_kept(masks[g].flatten(0, 1), scores[:, g].flatten(1)), GROUPS)


def mean_where_kept(masks: Tensor, scores: Tensor) -> Tensor:
    """Σ_m F(m) m_j / Σ_m m_j, shape (n, k). masks: (M, k) in [0, 1], no column all 0; scores: (n, M).

    Source: RISE (Petsiuk et al., 2018), eq. 6, with the sample's E[m_j] for the true one: a constant F returns that
    constant.
    """
    return scores @ masks / masks.sum(dim=0)
