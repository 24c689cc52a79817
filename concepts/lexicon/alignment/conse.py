"""ConSE: a method without a map, from the words of the classes that the model predicts."""

import torch
from torch import Tensor

TOP = 10


def conse(probabilities: Tensor, vectors: Tensor, *, top: int = TOP) -> Tensor:
    """(n, d): for each photo, the mean of the words of its `top` most likely classes, weighted by their probability.

        f(x) = Σ_t p(c_t | x) e(c_t) / Σ_t p(c_t | x)

    probabilities: (n, c) ≥ 0, with a positive sum in each row, which need not be 1. vectors: (c, d), the words of the
    classes. Source: Norouzi et al., ICLR 2014, eq. 3. Raises ValueError when the numbers of classes differ.
    """
    if probabilities.ndim != 2 or probabilities.shape[1] != len(vectors):
        raise ValueError(
            f"probabilities {tuple(probabilities.shape)} for {len(vectors)} words, expected a column for each word"
        )
    kept = probabilities.topk(min(top, len(vectors)), dim=1)
    weights = torch.zeros_like(probabilities).scatter(1, kept.indices, kept.values)
    total = weights.sum(dim=1, keepdim=True)
    if not (total > 0).all():
        raise ValueError(f"{int((total <= 0).sum())} photos have no class with a probability above 0")
    return (weights / total) @ vectors.to(weights)
