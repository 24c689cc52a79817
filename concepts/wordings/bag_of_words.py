"""A rival without a network: how well the words alone, in any order, predict a concept's codes."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from concepts.numerics.auroc import auroc
from concepts.numerics.intervals import Estimate
from concepts.wordings.identity import explained
from concepts.wordings.presence import Presence, term_presence

if TYPE_CHECKING:
    from scipy.sparse import csr_array

N_FOLDS = 5
MOST_TERMS = 3000
TOLERANCE = 1e-4  # relative residual of the regression
SHORTEST = 1e-12  # of rows that hold no term


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

    codes: (n, k). active: (n, k) bool, codes > 0 where it is not given. Terms: those that `least` texts hold, the 3,000
    most frequent of them, weighted by their rarity, log(n/n_w) + 1, each text to length 1; penalty 1. Intervals: over
    texts, the predictions fixed. Raises ValueError for fewer than ten texts, or other numbers of codes than texts.
    """
    presence = term_presence(texts, split=split, longest=longest, least=least)
    return bag_of_terms(presence, codes, active=active, seed=seed)


def bag_of_terms(
    presence: Presence, codes: np.ndarray, *, active: np.ndarray | None = None, seed: int = 0
) -> tuple[BagOfWords, ...]:
    """`bag_of_words` of texts whose terms are known, with all these terms up to the 3,000 most frequent."""
    n = len(presence.lengths)
    if n < 2 * N_FOLDS or codes.ndim != 2 or len(codes) != n:
        raise ValueError(f"{n} texts and codes {codes.shape}, expected at least {2 * N_FOLDS} texts and codes (n, k)")
    words = presence.of_terms(np.sort(np.argsort(-presence.counts, kind="stable")[:MOST_TERMS])).holds
    fold = np.random.default_rng(seed).permutation(n) % N_FOLDS
    predicted, means = np.zeros(codes.shape), np.zeros(codes.shape)
    for inside in (fold == i for i in range(N_FOLDS)):
        means[inside] = codes[~inside].mean(axis=0)
        predicted[inside] = ridge(_weighted(words, ~inside), codes, inside)
    active = codes > 0 if active is None else active
    return tuple(
        BagOfWords(_r_squared(codes[:, j], predicted[:, j], means[:, j]), auroc(predicted[:, j], active[:, j]))
        for j in range(codes.shape[1])
    )


def ridge(rows: "csr_array", codes: np.ndarray, inside: np.ndarray) -> np.ndarray:
    """The codes (m, k) of the texts inside, by ridge regression with penalty 1 on the others.

        W = (X̃ᵀX̃ + I)⁻¹ X̃ᵀŨ,    X̃ and Ũ centred: the mean is not penalised

    rows: (n, L), sparse, and never made dense: by conjugate gradients, to a relative residual of 1e-4, which
    moves R² by 2e-6 at most on 10,000 sentences. codes: (n, k). inside: (n,) bool.
    """
    from sklearn.linear_model import Ridge

    if not rows.shape[1]:
        return np.broadcast_to(codes[~inside].mean(axis=0), (int(inside.sum()), codes.shape[1]))
    fitted = Ridge(alpha=1.0, solver="sparse_cg", tol=TOLERANCE).fit(rows[~inside], codes[~inside])
    return np.asarray(fitted.predict(rows[inside])).reshape(-1, codes.shape[1])


def _r_squared(codes: np.ndarray, predicted: np.ndarray, means: np.ndarray) -> Estimate:
    if np.ptp(codes) == 0:
        return Estimate(math.nan)
    return explained((codes - predicted) ** 2, (codes - means) ** 2)


def _weighted(words: "csr_array", known: np.ndarray) -> "csr_array":
    """The words by their rarity among the known texts; rows of length 1."""
    from scipy.sparse import diags_array

    counts = np.maximum(1, np.asarray(words[known].sum(axis=0)).ravel())
    rows = words @ diags_array(np.log(known.sum() / counts) + 1)
    lengths = np.sqrt(np.asarray(rows.multiply(rows).sum(axis=1)).ravel())
    return (diags_array(1 / np.maximum(lengths, SHORTEST)) @ rows).tocsr()
