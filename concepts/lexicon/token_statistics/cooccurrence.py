"""Co-occurrence beyond chance: concepts with concepts, words with concepts."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from concepts.lexicon.token_statistics.corpus import Corpus
from concepts.numerics.intervals import Estimate, interval

PERMUTATIONS, RESAMPLES = 400, 400
HALF = 0.5  # of a photo, added to the seen and the expected counts: a pair never seen stays finite


@dataclass(frozen=True)
class Collocates:
    """The columns that occur with one row more often than by chance, and those less often; farthest first."""

    more: tuple[int, ...]
    less: tuple[int, ...]


@dataclass(frozen=True)
class Association:
    """Pointwise mutual information of every row with every column, (k, l) each, in bits; 0: as often as by chance.

    low, high: 95% interval, photos drawn with replacement. control_low, control_high: 95% range of permuted photos.
    beyond: farther from its control than the farthest of all pairs is in 95% of the permutations, so that in 5% of
    cases there is a false pair among all pairs. seen: photos that contain both; expected: the number by chance.
    """

    pmi: np.ndarray
    low: np.ndarray
    high: np.ndarray
    control_low: np.ndarray
    control_high: np.ndarray
    beyond: np.ndarray
    seen: np.ndarray
    expected: np.ndarray

    @property
    def lift(self) -> np.ndarray:
        """(k, l): ratio of the observed to the chance frequency, 2^pmi."""
        return 2.0**self.pmi

    def times(self, row: int, column: int) -> Estimate:
        """The ratio of a pair's observed to its chance frequency, with its 95% interval."""
        low, high = (2.0 ** float(end[row, column]) for end in (self.low, self.high))
        return Estimate(2.0 ** float(self.pmi[row, column]), low, high)

    def chance_times(self, row: int, column: int) -> tuple[float, float]:
        """The 95% range of permuted photos, as a ratio to the chance frequency."""
        return 2.0 ** float(self.control_low[row, column]), 2.0 ** float(self.control_high[row, column])

    def collocates(self, row: int) -> Collocates:
        """The columns that occur with a row more often and less often than by chance."""
        order = [int(j) for j in np.argsort(-self.pmi[row], kind="stable") if self.beyond[row, j]]
        more = tuple(j for j in order if self.pmi[row, j] > 0)
        return Collocates(more, tuple(j for j in reversed(order) if self.pmi[row, j] < 0))

    @property
    def pairs(self) -> list[tuple[int, int]]:
        """The pairs (a, b), a < b, beyond chance, for a table with itself."""
        return [(int(a), int(b)) for a, b in np.argwhere(np.triu(self.beyond, 1))]

    @property
    def all_pairs(self) -> list[tuple[int, int]]:
        """All pairs (a, b), a < b, the farthest from chance first, for a table with itself."""
        pairs = [(a, b) for a in range(len(self.pmi)) for b in range(a + 1, len(self.pmi))]
        return sorted(pairs, key=lambda pair: -abs(self.pmi[pair]))

    @property
    def most_connected(self) -> int:
        """The row with the most pairs beyond chance; the first in a tie."""
        return int(self.beyond.sum(axis=1).argmax())


def prominence(corpus: Corpus) -> np.ndarray:
    """(n, types) of 0 and 1: 1 if the share of a type in a photo is above its median over all photos.

    For a type that most photos lack, that means it occurs at all. A concept that wins some place in every photo is
    still prominent in at most half of them, so that its co-occurrence with others can vary.
    """
    counts = corpus.counts.toarray()
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    return (shares > np.median(shares, axis=0)).astype(float)


def concepts_together(corpus: Corpus, *, seed: int = 0) -> Association:
    """Association of types that are prominent in the same photos; symmetric; the diagonal is never `beyond`.

    The shares of a photo sum to 1: if one type takes much, the others have less. This partly explains negative
    associations; positive ones hold in spite of it.
    """
    there = prominence(corpus)
    return association(there, there, seed=seed)


def association(first: np.ndarray, second: np.ndarray, *, seed: int = 0) -> Association:
    """The association between the columns of two tables of the same n photos.

        pmi_ab = log2 (Σ_i x_ia y_ib + ½) / (Σ_i x_ia Σ_i y_ib / n + ½)

    first: (n, k), second: (n, l), from 0 to 1: `prominence`, or activation divided by its maximum. The control permutes
    the photos of `second`; a constant column is associated with nothing. For the same table twice, a pair counts once.
    Source: Church & Hanks 1990. Raises ValueError for tables of different or fewer than two photos, or other values.
    """
    _check(first, second)
    return _associate(first[:, None], second[:, None], same=first is second, seed=seed)


def words_of_concepts(
    tokens: Sequence[np.ndarray], activations: Sequence[np.ndarray], n_types: int, *, seed: int = 0
) -> Association:
    """The association of words with concepts, from the word activations of each place.

    tokens: the concept that wins at each place, −1 for blank, (T,) or (h, w) per photo. activations: of the same
    photos, (T, L) or (h, w, L), non-negative. Each word counts by its share of its largest activation. As
    `association`, with places instead of photos; whole photos are drawn and permuted, since the places of one photo are
    dependent. Raises ValueError when photos have different numbers of places, or shapes do not match.
    """
    if len(tokens) != len(activations) or len({np.size(each) for each in tokens}) != 1:
        raise ValueError(
            f"tokens of {len(tokens)} photos and activations of {len(activations)}: both are needed of the same "
            "photos, and of as many places in each"
        )
    won = np.stack([np.ravel(each) for each in tokens])  # (n, T)
    said = np.stack([np.reshape(each, (won.shape[1], -1)) for each in activations]).astype(float)  # (n, T, L)
    largest = said.max(axis=(0, 1))
    if not np.isfinite(said).all() or said.min() < 0:
        raise ValueError("activations of words must be finite and not negative: give lexical activations")
    return _associate(np.eye(n_types)[won] * (won >= 0)[..., None], said / np.maximum(largest, 1e-12), seed=seed)


def _associate(first: np.ndarray, second: np.ndarray, *, same: bool = False, seed: int) -> Association:
    """The association of (n, T, k) and (n, T, l)."""
    generator, n = np.random.default_rng(seed), len(first)
    places, joint = n * first.shape[1], _joint(first, second)
    sums = first.sum(axis=1), second.sum(axis=1)

    def pmi_of(weights: np.ndarray) -> np.ndarray:
        expected = np.outer(weights @ sums[0], weights @ sums[1]) / places
        return _log_ratio(joint(weights), expected)

    pmi = pmi_of(np.ones(n))
    draws = (generator.multinomial(n, np.full(n, 1 / n)).astype(float) for _ in range(RESAMPLES))
    low, high = interval(np.stack([pmi_of(weights) for weights in draws]))
    whole = first.reshape(places, -1).T
    expected = np.outer(sums[0].sum(axis=0), sums[1].sum(axis=0)) / places
    orders = (generator.permutation(n) for _ in range(PERMUTATIONS))
    control = np.array([_log_ratio(whole @ second[order].reshape(places, -1), expected) for order in orders])
    looked_at = np.triu(np.ones(pmi.shape, bool), 1) if same else np.ones(pmi.shape, bool)
    ends = interval(control)
    beyond = _beyond(pmi, control, looked_at, same)
    return Association(pmi, low, high, ends[0], ends[1], beyond, joint(np.ones(n)), expected)


def _joint(first: np.ndarray, second: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
    """Weights of the photos (n,) → Σ_i w_i x_iᵀ y_i, (k, l), without more memory than the tables take."""
    if first.shape[1] == 1:
        x, y = first[:, 0], second[:, 0]
        return lambda weights: (x * weights[:, None]).T @ y
    own = np.matmul(first.transpose(0, 2, 1), second)  # (n, k, l): per photo, fewer numbers than (n, T, l)
    return lambda weights: np.tensordot(weights, own, axes=1)


def _log_ratio(seen: np.ndarray, expected: np.ndarray) -> np.ndarray:
    return np.log2((seen + HALF) / (expected + HALF))


def _beyond(pmi: np.ndarray, control: np.ndarray, looked_at: np.ndarray, same: bool) -> np.ndarray:
    """Compares each pair with the farthest of all pairs, in units of its own control (max-T, Westfall & Young 1993)."""
    middle, spread = control.mean(axis=0), control.std(axis=0)
    varies = looked_at & (spread > 1e-9)
    scale = np.where(varies, spread, 1.0)
    farthest = (np.abs(control - middle) / scale)[:, varies].max(axis=1, initial=0.0)
    limit = float(np.quantile(farthest, 0.95, method="higher"))
    beyond = varies & (np.abs(pmi - middle) / scale > limit)
    return beyond | beyond.T if same else beyond


def _check(first: np.ndarray, second: np.ndarray) -> None:
    if first.ndim != 2 or second.ndim != 2 or len(first) != len(second) or len(first) < 2:
        raise ValueError(
            f"tables of {first.shape} and {second.shape}: (n, k) and (n, l) of the same two photos or more are needed"
        )
    for table in (first, second):
        if not np.isfinite(table).all() or table.min(initial=0) < 0 or table.max(initial=0) > 1:
            raise ValueError(
                "the tables hold values that are not from 0 to 1: give prominence, or shares of the largest"
            )
