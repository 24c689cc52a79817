"""The words and phrases that set a concept's texts apart from other texts of the same lengths."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from concepts.numerics.adjusted import holm
from concepts.numerics.intervals import Estimate
from concepts.wordings.matched import matched_by_length
from concepts.wordings.presence import Presence, term_presence

Z = 1.959964  # of a 95% interval
PRIOR = 0.1  # of the weight of the texts


@dataclass(frozen=True)
class DistinctiveWord:
    """A term and how much more often active texts hold it.

    log_odds: natural logarithm of the ratio of its odds in active and in matched texts, with its 95% interval; above 0
    where it belongs to the concept. z: that logarithm divided by its standard error. p_adjusted: of no difference,
    two-sided, by Holm over all terms tested. active, inactive: texts of either side that hold it.
    """

    term: str
    log_odds: Estimate
    z: float
    p_adjusted: float
    active: int
    inactive: int


@dataclass(frozen=True)
class DistinctiveWords:
    """The terms that lead, the largest z first; how many were tested; how many texts there are on either side."""

    words: tuple[DistinctiveWord, ...]
    n_tested: int
    n_active: int
    n_inactive: int


def distinctive_words(
    texts: Sequence[str],
    active: np.ndarray,
    *,
    inactive: np.ndarray | None = None,
    top: int = 10,
    longest: int = 2,
    least: int = 3,
    prior: float = PRIOR,
    split: str = "words",
    seed: int = 0,
) -> DistinctiveWords:
    """The `top` words and phrases of up to `longest` words whose odds are raised most surely in active texts.

    active: (n,) bool. inactive: indices of the texts to compare with; None takes as many of the same lengths
    (`matched_by_length`). least: a term that fewer texts of both sides hold is not tested. prior: its weight, as
    a share of the texts' own. Raises ValueError where either side is empty, or the shapes differ.
    """
    presence = term_presence(texts, split=split, longest=longest, least=least)
    return distinctive_terms(presence, active, inactive=inactive, top=top, least=least, prior=prior, seed=seed)


def distinctive_terms(
    presence: Presence,
    active: np.ndarray,
    *,
    inactive: np.ndarray | None = None,
    top: int = 10,
    least: int = 3,
    prior: float = PRIOR,
    seed: int = 0,
) -> DistinctiveWords:
    """`distinctive_words` of texts whose terms are known, for many concepts of the same texts."""
    if active.shape != presence.lengths.shape:
        raise ValueError(f"active has the shape {active.shape}, expected {presence.lengths.shape}: one entry a text")
    inside = np.flatnonzero(active)
    outside = matched_by_length(presence.lengths, active, seed=seed) if inactive is None else inactive
    if not len(inside) or not len(outside):
        raise ValueError(f"{len(inside)} active and {len(outside)} other texts: both are needed to compare their words")
    counts = presence.counts_in(inside), presence.counts_in(outside)
    tested = np.flatnonzero(counts[0] + counts[1] >= least)
    terms = [presence.terms[j] for j in tested.tolist()]
    rows = _ranked(terms, counts[0][tested], counts[1][tested], prior, top)
    return DistinctiveWords(rows, len(terms), len(inside), len(outside))


def log_odds_ratio(first: np.ndarray, second: np.ndarray, *, prior: float) -> tuple[np.ndarray, np.ndarray]:
    """(δ, standard error), each (L,), of the counts of L terms on two sides, with a Dirichlet prior from both together.

        δ_w = log (y_w + α_w)/(n + α_0 − y_w − α_w) − log (y'_w + α_w)/(n' + α_0 − y'_w − α_w)
        σ²(δ_w) ≈ 1/(y_w + α_w) + 1/(y'_w + α_w),    α_w = prior · (y_w + y'_w),    α_0 = Σ α_w

    first, second: y and y', (L,) ≥ 0, with sums n and n'. prior > 0. Every term stands on one side at least.
    Source: Monroe, Colaresi & Quinn (Political Analysis 2008), eq. 16, 20 and 23. There α_0 is a number
    of words; here the prior is a share of the texts' own weight, so that it does not drown few texts.
    """
    alpha = prior * (first + second)
    odds = [(y + alpha) / (y.sum() + alpha.sum() - y - alpha) for y in (first, second)]
    error = np.sqrt(1 / (first + alpha) + 1 / (second + alpha))
    return np.log(odds[0]) - np.log(odds[1]), error


def _ranked(
    terms: Sequence[str], first: np.ndarray, second: np.ndarray, prior: float, top: int
) -> tuple[DistinctiveWord, ...]:
    """The terms with the largest z. Words are compared with words, phrases of two words with such phrases."""
    from scipy.stats import norm

    delta, error = np.zeros(len(terms)), np.ones(len(terms))
    sizes = np.array([term.count(" ") for term in terms])
    for size in np.unique(sizes):
        alike = sizes == size
        if alike.sum() > 1:  # the odds of a single term have no other side
            delta[alike], error[alike] = log_odds_ratio(first[alike], second[alike], prior=prior)
    z = delta / error  # ζ of eq. 22
    p = holm(2 * norm.sf(np.abs(z)))
    low, high = delta - Z * error, delta + Z * error
    return tuple(
        DistinctiveWord(
            terms[j], Estimate(delta[j], low[j], high[j]), float(z[j]), float(p[j]), int(first[j]), int(second[j])
        )
        for j in np.argsort(-z, kind="stable")[:top].tolist()
    )
