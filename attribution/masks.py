"""Scores of masked codes, F(u ⊙ m): the basis of every method without gradients."""

from collections.abc import Callable

import torch
from torch import Tensor

from attribution.score import Forward

Rows = Callable[[int, int], Tensor]  # (start, stop) -> these masks, (m, k) for all images or (n, m, k) for each


def masked_scores(score: Forward, codes: Tensor, rows: Rows, n_masks: int, per_call: int) -> Tensor:
    """F(u_i ⊙ m), shape (n, n_masks), without gradients.

    codes: (n, T..., k). rows: returns the masks from start to stop, so that they never exist all at once. per_call: the
    largest number of masked images per call of the head; only their scores are kept.
    """
    n, parts = len(codes), []
    step = max(1, per_call // n)
    with torch.no_grad():
        for start in range(0, n_masks, step):
            masks = rows(start, min(start + step, n_masks)).to(codes)
            factors = masks.expand(n, *masks.shape[-2:]).flatten(0, 1)  # (n m, k)
            repeated = codes.repeat_interleave(masks.shape[-2], dim=0)
            parts.append(score(factors, repeated).view(n, -1))
    return torch.cat(parts, dim=1)


def rows_of(masks: Tensor) -> Rows:
    """`Rows` of masks held in memory: (M, k) for all images or (n, M, k) for each."""
    return lambda start, stop: masks[..., start:stop, :]


def binary_masks(n_masks: int, k: int, seed: int) -> Tensor:
    """Independent fair coin flips (n_masks, k), 0 or 1, the same for a seed on every device."""
    return torch.randint(2, (n_masks, k), generator=torch.Generator().manual_seed(seed))


def paired_masks(n_masks: int, k: int, seed: int) -> Tensor:
    """Fair coin flips (n_masks, k) in pairs m, 1 − m: each concept is kept in exactly half of them. n_masks: even."""
    first = binary_masks(n_masks // 2, k, seed)
    return torch.stack([first, 1 - first], dim=1).flatten(0, 1)
