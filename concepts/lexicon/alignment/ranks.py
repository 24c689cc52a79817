"""Ranks of the true words for a method, and their summary."""

from dataclasses import dataclass, field
from typing import Self

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import normalize

from concepts.numerics.intervals import Estimate, share_estimate, statistic_estimate

RECALLS = (1, 5, 10)


def word_ranks(predicted: Tensor, vectors: Tensor, truth: Tensor, *, centre: Tensor | None = None) -> np.ndarray:
    """(n,) rank, from 1, of each vector's true word when the words are sorted by cosine; the true word comes last in a
    tie.

    predicted: (n, d). vectors: (L, d). truth: (n,) rows of vectors. centre: (d,), subtracted from both first: word
    vectors have much in common, and words near their mean would be near everything. Raises ValueError for another
    width.
    """
    if predicted.shape[-1] != vectors.shape[-1]:
        raise ValueError(f"{predicted.shape[-1]} channels were predicted, the words have {vectors.shape[-1]}")
    middle = torch.zeros_like(vectors[0]) if centre is None else centre.to(vectors)
    cosine = normalize(predicted.to(vectors) - middle, dim=1) @ normalize(vectors - middle, dim=1).T
    own = cosine.gather(1, truth.to(cosine.device)[:, None])
    return (cosine >= own).sum(dim=1).cpu().numpy()


@dataclass(frozen=True)
class Judgement:
    """How often a photo's own word is among the first words of a method. Intervals are 95%, over photos.

    setting: what was held out. n_words: number of words to choose from. recall: at 1, 5, 10 (Wilson). median_rank: 1 is
    best (bootstrap). ranks: (n,) of each photo's word.
    """

    method: str
    setting: str
    n_words: int
    recall: dict[int, Estimate]
    median_rank: Estimate
    ranks: np.ndarray = field(repr=False)

    @classmethod
    def of(cls, method: str, setting: str, n_words: int, ranks: np.ndarray, *, seed: int = 0) -> Self:
        """The summary of the ranks (n,); the seed is that of the bootstrap."""
        recall = {k: share_estimate(ranks <= k) for k in RECALLS}
        return cls(method, setting, n_words, recall, statistic_estimate(_median, ranks, seed=seed), ranks)


def _median(ranks: np.ndarray) -> np.ndarray:
    return np.median(ranks, axis=-1)
