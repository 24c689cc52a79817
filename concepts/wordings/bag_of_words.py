"""A rival without a network: how well the words alone, in any order, predict a concept's codes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from concepts.numerics.auroc import auroc
from concepts.numerics.intervals import Estimate, ratio_estimate
from concepts.wordings.identity import one_minus
from concepts.wordings.presence import term_presence

if TYPE_CHECKING:
    from scipy.sparse import csr_array

N_FOLDS = 5


@dataclass(frozen=True)
class BagOfWords:
    """How well words predict one concept on texts held out.

    r_squared: of its codes, at most 1, below 0 where words mislead; NaN for a code that is the same everywhere.
    auroc: of the predictions, for the concept being active.
    """

    r_squared: Estimate
    auroc: Estimate


def bag_of_words(
    texts: Sequence[str],
    codes: np.ndarray,
    *,
    active: np.ndarray | None = None,
    longest: int = 1,
    least: int = 3,
    split: str = "words",
    seed: int = 0,
) -> tuple[BagOfWords, ...]:
    """One row a concept: ridge regression of its codes on the words of the texts, each fifth predicted from the others.

    codes: (n, k). active: (n, k) bool, codes > 0 where it is not given. The terms that `least` texts hold are weighted
    by their rarity, log(n/n_w) + 1, each text to length 1; penalty 1. Intervals: over texts, the predictions fixed.
    Raises ValueError for fewer than ten texts, or other numbers of codes than texts.
    """
    n = len(texts)
    if n < 2 * N_FOLDS or codes.ndim != 2 or len(codes) != n:
        raise ValueError(f"{n} texts and codes {codes.shape}, expected at least {2 * N_FOLDS} texts and codes (n, k)")
    words = term_presence(texts, split=split, longest=longest, least=least).holds
    fold = np.random.default_rng(seed).permutation(n) % N_FOLDS
    predicted, means = np.zeros(codes.shape), np.zeros(codes.shape)
    for inside in (fold == i for i in range(N_FOLDS)):
        predicted[inside] = _ridge(words, codes, inside)
        means[inside] = codes[~inside].mean(axis=0)
    active = codes > 0 if active is None else active
    return tuple(
        BagOfWords(_r_squared(codes[:, j], predicted[:, j], means[:, j], seed), auroc(predicted[:, j], active[:, j]))
        for j in range(codes.shape[1])
    )


def _r_squared(codes: np.ndarray, predicted: np.ndarray, means: np.ndarray, seed: int) -> Estimate:
    spread = (codes - means) ** 2
    if np.ptp(codes) == 0:
        return Estimate(float("nan"))
    return one_minus(ratio_estimate((codes - predicted) ** 2, spread, seed=seed))


def _ridge(words: "csr_array", codes: np.ndarray, inside: np.ndarray) -> np.ndarray:
    """The codes (m, k) of the texts inside, predicted from the words (n, L) and codes (n, k) of the others."""
    from sklearn.linear_model import Ridge

    if not words.shape[1]:
        return np.tile(codes[~inside].mean(axis=0), (int(inside.sum()), 1))
    rows = _weighted(words, ~inside)
    fitted = Ridge(alpha=1.0).fit(rows[~inside], codes[~inside])
    return fitted.predict(rows[inside]).reshape(int(inside.sum()), -1)


def _weighted(words: "csr_array", known: np.ndarray) -> "csr_array":
    """The words by their rarity among the known texts; rows of length 1."""
    from sklearn.preprocessing import normalize

    counts = np.maximum(1, np.asarray(words[known].sum(axis=0)).ravel())
    return normalize(words * (np.log(known.sum() / counts) + 1)[None, :])
