"""Permuted vocabulary: does a token's concept hang on which token it is, or on what stands around it?

Every token becomes another one as frequent, the same everywhere, so that who repeats whom stays as it was and what the
tokens mean does not. After Lexinvariant language models (2305.16349), which read texts of permuted vocabularies.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from concepts.numerics.intervals import Estimate, bootstrap_means, interval

EncodeIds = Callable[
    [Sequence[np.ndarray]], Sequence[np.ndarray]
]  # token ids (T,) of each text -> codes (T, k) of each
BLOCK = 8  # tokens of neighbouring frequency that change places
SHUFFLES = 100


@dataclass(frozen=True)
class PermutedConcept:
    """One concept under a permuted vocabulary: correlations over positions, in [-1, 1], with intervals over texts.

    identity: of its code with the mean code that the token now standing there has in the texts as they are. context: of
    its code with the code of the same position before. control: what either reaches, up to its sign, in one of twenty
    shuffles of the positions. n: positions whose new token stands somewhere in the texts as they are. NaN for a code
    that is the same everywhere.
    """

    concept: int
    identity: Estimate
    context: Estimate
    control: float
    n: int


def frequency_matched_bijection(counts: np.ndarray, *, fixed: Sequence[int] = (), seed: int = 0) -> np.ndarray:
    """(L,): the token that each of L tokens becomes, another one of nearly the same count; a bijection.

    counts: (L,). fixed: special tokens, which stay. In the order of their counts the tokens fall into blocks of eight,
    and change places within them; no token stays, but a single one left over. Tokens that never occur stay.
    """
    generator, becomes = np.random.default_rng(seed), np.arange(len(counts))
    movable = np.setdiff1d(np.flatnonzero(counts > 0), np.asarray(fixed, dtype=int))
    order = movable[np.lexsort((generator.random(len(movable)), -counts[movable]))]
    n_blocks = max(1, len(order) // BLOCK)
    for block in np.array_split(order, n_blocks):
        drawn = generator.permutation(block)
        becomes[drawn] = np.roll(drawn, 1)
    return becomes


def permuted_vocabulary(
    ids: Sequence[np.ndarray], encode: EncodeIds, *, fixed: Sequence[int] = (), seed: int = 0
) -> tuple[PermutedConcept, ...]:
    """One row a concept. Passes: every text twice, as it is and with its vocabulary permuted.

    ids: (T,) token ids of each text. encode: such texts → codes (T, k) of each. fixed: special tokens, which stay and
    do not count. Raises ValueError for fewer than two texts, and codes of other lengths than the texts.
    """
    if len(ids) < 2:
        raise ValueError(f"{len(ids)} texts, expected at least two: the intervals are over texts")
    becomes = frequency_matched_bijection(np.bincount(np.concatenate(ids)), fixed=fixed, seed=seed)
    changed = [becomes[each] for each in ids]
    before, after = _codes(ids, encode), _codes(changed, encode)
    counted = ~np.isin(np.concatenate(ids), np.asarray(fixed, dtype=int))
    owners = np.repeat(np.arange(len(ids)), [len(each) for each in ids])[counted]
    old, new = np.concatenate(ids)[counted], np.concatenate(changed)[counted]
    before, after = before[counted], after[counted]
    return tuple(_concept(j, old, new, before[:, j], after[:, j], owners, seed) for j in range(before.shape[1]))


def _codes(ids: Sequence[np.ndarray], encode: EncodeIds) -> np.ndarray:
    """(m, k) of all positions."""
    codes = [np.asarray(each) for each in encode(ids)]
    if [len(each) for each in codes] != [len(each) for each in ids]:
        raise ValueError("the codes have other lengths than the texts: give one row a token")
    return np.concatenate(codes)


def _concept(
    j: int, old: np.ndarray, new: np.ndarray, before: np.ndarray, after: np.ndarray, owners: np.ndarray, seed: int
) -> PermutedConcept:
    means = np.bincount(old, weights=before) / np.maximum(1, np.bincount(old))  # by token; each new one is an old one
    expected = means[new]
    drawn = list(_shuffled(after, expected, seed)) + list(_shuffled(after, before, seed + 1))
    control = math.nan if np.isnan(drawn).any() else float(np.quantile(np.abs(drawn), 0.95))
    identity = correlation_over_texts(after, expected, owners, seed=seed)
    context = correlation_over_texts(after, before, owners, seed=seed)
    return PermutedConcept(j, identity, context, control, len(after))


def correlation_over_texts(x: np.ndarray, y: np.ndarray, owners: np.ndarray, *, seed: int = 0) -> Estimate:
    """Pearson's r of positions (m,), its interval by bootstrap over the texts that they stand in; NaN for a constant.

    owners: (m,) the text of each position, from 0.
    """
    x, y = x - x.mean(), y - y.mean()
    parts = (np.ones(len(x)), x, y, x * x, y * y, x * y)
    moments = np.stack([np.bincount(owners, weights=part) for part in parts], axis=1)  # (texts, 6)
    value = float(_correlation(moments.sum(axis=0)))
    if math.isnan(value):
        return Estimate(math.nan)
    draws = _correlation(bootstrap_means(moments, seed=seed))
    low, high = interval(draws[np.isfinite(draws)])
    return Estimate(value, float(low), float(high))


def _correlation(moments: np.ndarray) -> np.ndarray:
    """r (...) from the sums (..., 6) of 1, x, y, x², y², xy; NaN where x or y is constant."""
    n, x, y, xx, yy, xy = np.moveaxis(moments, -1, 0)
    spread = (n * xx - x * x) * (n * yy - y * y)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(spread > 0, (n * xy - x * y) / np.sqrt(np.maximum(spread, 0)), np.nan)


def _shuffled(x: np.ndarray, y: np.ndarray, seed: int) -> Iterator[float]:
    """r of x with y at other positions, drawn `SHUFFLES` times."""
    generator = np.random.default_rng(seed)
    for _ in range(SHUFFLES):
        z = y[generator.permutation(len(y))]
        yield float(_correlation(np.array([len(x), x.sum(), z.sum(), x @ x, z @ z, x @ z])))
