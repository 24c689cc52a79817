"""How hard is it to guess the next token? Bits, with and without the one before it."""

from typing import TYPE_CHECKING

import numpy as np

from concepts.lexicon.token_statistics.corpus import Corpus
from concepts.lexicon.token_statistics.intervals import pulled
from concepts.numerics.intervals import Estimate

if TYPE_CHECKING:
    from scipy.sparse import csr_array


def entropy(corpus: Corpus) -> Estimate:
    """Bits per token, in [0, log2 of the types used], with its interval over photos.

        H = −Σ_w p_w log2 p_w + (m − 1) / (2 N ln 2)

    m: types used, N: tokens. The second term is the Miller-Madow correction: counts make a language look more even
    than it is by chance, and rare words missing. It takes tokens for independent; those of a photo are not, so that it
    corrects a little too little.
    """
    value, pulls = _entropy(corpus.counts)
    return pulled(value, pulls)


def entropy_of_neighbours(corpus: Corpus) -> Estimate:
    """Bits per token when the one left of it is known: H(pair) − H(first of the pair), each corrected as `entropy`.

    Equal to the entropy where neighbours are independent, 0 where one says the other. Raises ValueError when no row
    holds two tokens.
    """
    pairs = corpus.runs(2)
    first = Corpus(
        corpus.tokens[corpus.run_starts(2)], pairs.photo, pairs.follows, corpus.n_photos, corpus.n_types
    )  # fmt: skip
    (both, pulls), (alone, pulls_alone) = _entropy(pairs.counts), _entropy(first.counts)
    return pulled(both - alone, pulls - pulls_alone)


def entropy_within_photos(corpus: Corpus) -> Estimate:
    """The mean over photos of the bits per token in one photo alone, corrected as `entropy`; photos without tokens are
    left out.

    Low where a photo keeps to few words of a large vocabulary.
    """
    counts = corpus.counts
    n = np.asarray(counts.sum(axis=1)).ravel()
    logs = counts.copy()
    logs.data = counts.data * np.log2(counts.data)
    used = np.diff(counts.indptr)
    there = n > 0
    bits = np.log2(n[there]) - np.asarray(logs.sum(axis=1)).ravel()[there] / n[there]
    bits += (used[there] - 1) / (2 * n[there] * np.log(2))
    return pulled(float(bits.mean()), (bits - bits.mean()) / len(bits))


def _entropy(counts: "csr_array") -> tuple[float, np.ndarray]:
    """The corrected entropy of (n, types) counts, and each photo's pull at it (n,)."""
    totals = np.asarray(counts.sum(axis=0)).ravel()
    n, used = totals.sum(), totals > 0
    surprise = np.zeros(len(totals))
    surprise[used] = np.log2(n) - np.log2(totals[used])
    value = float(totals @ surprise) / n
    pulls = (counts @ surprise - np.asarray(counts.sum(axis=1)).ravel() * value) / n
    return value + (int(used.sum()) - 1) / (2 * n * np.log(2)), pulls
