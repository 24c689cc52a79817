"""Entropy of the tokens in bits, with and without the previous token known."""

from typing import TYPE_CHECKING

import numpy as np

from concepts.lexicon.token_statistics.corpus import Corpus
from concepts.numerics.intervals import Estimate
from concepts.numerics.jackknife import jackknife_estimate

if TYPE_CHECKING:
    from scipy.sparse import csr_array


def entropy(corpus: Corpus) -> Estimate:
    """Bits per token, in [0, log2 of the types used], with its interval over photos.

        H = −Σ_w p_w log2 p_w + (m − 1) / (2 N ln 2)

    m: types used, N: tokens. The second term is the Miller-Madow correction: finite counts make a language look more
    predictable than it is, as rare words are missing. It assumes independent tokens; those of a photo are not, so that
    it corrects slightly too little.
    """
    value, pulls = _entropy(corpus.counts)
    return jackknife_estimate(value, pulls)


def entropy_of_neighbours(corpus: Corpus) -> Estimate:
    """Bits per token given its left neighbour: H(pair) − H(first of the pair), each corrected as `entropy`.

    Equal to the entropy if neighbours are independent, 0 if one determines the other. Raises ValueError when no row
    contains two tokens.
    """
    pairs = corpus.runs(2)
    first = Corpus(
        corpus.tokens[corpus.run_starts(2)], pairs.photo, pairs.follows, corpus.n_photos, corpus.n_types
    )  # fmt: skip
    (both, pulls), (alone, pulls_alone) = _entropy(pairs.counts), _entropy(first.counts)
    return jackknife_estimate(both - alone, pulls - pulls_alone)


def entropy_within_photos(corpus: Corpus) -> Estimate:
    """The mean over photos of the bits per token within one photo, corrected as `entropy`; photos without tokens are
    left out.

    Low if a photo uses few words of a large vocabulary.
    """
    counts = corpus.counts
    n = np.asarray(counts.sum(axis=1)).ravel()
    logs = counts.copy()
    logs.data = counts.data * np.log2(counts.data)
    used = np.diff(counts.indptr)
    there = n > 0
    bits = np.log2(n[there]) - np.asarray(logs.sum(axis=1)).ravel()[there] / n[there]
    bits += (used[there] - 1) / (2 * n[there] * np.log(2))
    return jackknife_estimate(float(bits.mean()), (bits - bits.mean()) / len(bits))


def _entropy(counts: "csr_array") -> tuple[float, np.ndarray]:
    """The corrected entropy of (n, types) counts, and each photo's influence on it (n,)."""
    totals = np.asarray(counts.sum(axis=0)).ravel()
    n, used = totals.sum(), totals > 0
    surprise = np.zeros(len(totals))
    surprise[used] = np.log2(n) - np.log2(totals[used])
    value = float(totals @ surprise) / n
    pulls = (counts @ surprise - np.asarray(counts.sum(axis=1)).ravel() * value) / n
    return value + (int(used.sum()) - 1) / (2 * n * np.log(2)), pulls
