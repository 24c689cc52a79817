"""Growth of the vocabulary: number of types seen by number of tokens."""

from dataclasses import dataclass

import numpy as np

from concepts.lexicon.token_statistics.corpus import Corpus
from concepts.numerics.intervals import Estimate, draws_estimate, interval

ORDERS = 20  # random orders of the photos
POINTS = 40  # of the curve
FROM, LEAST = 0.01, 10  # the fit begins at this share of all tokens, and at no fewer than this number


@dataclass(frozen=True)
class Growth:
    """The curve: `types` (m,) seen after `lengths` (m,) tokens, mean over orders of the photos, with `low` and `high`.

    exponent: β of V ≈ K N^β, least squares in log-log from 1% of the tokens on, interval over orders (NaN bounds for a
    single photo). 1: every token is new; 0: no new types. in_a_photo: types seen after the first photo, mean.
    """

    lengths: np.ndarray
    types: np.ndarray
    low: np.ndarray
    high: np.ndarray
    exponent: Estimate
    in_a_photo: float


def growth_of_types(corpus: Corpus, *, seed: int = 0, orders: int = ORDERS) -> Growth:
    """The growth over photos in seeded random orders; tokens within a photo keep their order.

    Source: Heaps 1978; Herdan 1960. For a small vocabulary the curve ends flat: β is that of the whole range.
    """
    generator, n = np.random.default_rng(seed), len(corpus)
    start = min(max(LEAST, int(FROM * n)), n)
    lengths = np.unique(np.geomspace(1, n, POINTS).round().astype(np.int64))
    fitted = lengths >= start
    places = [generator.permutation(corpus.n_photos) for _ in range(orders if corpus.n_photos > 1 else 1)]
    curves = np.array([_types_after(corpus, place, lengths) for place in places])  # (orders, m)
    slopes = np.array([_slope(np.log(lengths[fitted]), np.log(curve[fitted])) for curve in curves])
    exponent = draws_estimate(slopes) if len(slopes) > 1 else Estimate(float(slopes[0]))
    low, high = interval(curves)
    in_a_photo = float(np.mean(np.diff(corpus.counts.indptr)))
    return Growth(lengths, curves.mean(axis=0), low, high, exponent, in_a_photo)


def _types_after(corpus: Corpus, place: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    """Number of types among the first N tokens, for each N, when photo i is at place[i]."""
    tokens = corpus.tokens[np.argsort(place[corpus.photo], kind="stable")]
    first = np.full(corpus.n_types, len(tokens))
    first[tokens[::-1]] = np.arange(len(tokens))[::-1]  # for a repeated type, the earliest is written last
    return np.searchsorted(np.sort(first), lengths)  # firsts at positions below N


def _slope(x: np.ndarray, y: np.ndarray) -> float:
    centred, y = x - x.mean(), y - y.mean()  # so that a flat curve gives exactly 0
    spread = float(np.square(centred).sum())
    return float(centred @ y) / spread if spread > 0 else 0.0
