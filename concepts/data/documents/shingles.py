"""Sets of five characters in a row, and which texts share most of theirs."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

LENGTH = 5  # characters of a shingle
MOST = 20_000_000  # shingles held at once: 160 MB; of more, one in so many is kept
BASE = np.uint64(0x9E3779B97F4A7C15)  # an odd number near 2^64 over the golden ratio, whose powers spread over 64 bits
ALIKE = 32  # texts that share a rare shingle are each compared with so many of the next larger ones

AT_ONCE = 8_000_000  # shingles of pairs that are compared together: 200 MB, whatever the texts' lengths
TOGETHER = 10_000  # texts that are hashed at once


@dataclass(frozen=True, eq=False)
class Shingles:
    """The distinct shingles of n texts: those of text i are codes[starts[i] : starts[i + 1]].

    codes: (m,) int64, 0 … d − 1, the rarest first; in a text in rising order. starts: (n + 1,).
    """

    codes: np.ndarray
    starts: np.ndarray

    @property
    def sizes(self) -> np.ndarray:
        """(n,) how many each text has."""
        return np.diff(self.starts)


def shingles_of(texts: Sequence[str]) -> Shingles:
    """The sets of five characters in a row; a text of fewer is one shingle, filled up with zeros.

    Equal shingles have equal codes; different ones have different codes but for a chance of m² / 2^65. Where the texts
    have over 20 million characters together, only shingles whose hash is a multiple of a number are kept (Broder's
    mod m sketch), so that resemblances are estimates, and short texts may have none.
    """
    every = max(1, -(-sum(map(len, texts)) // MOST))
    parts = [_hashes(texts[i : i + TOGETHER], every) for i in range(0, len(texts), TOGETHER)]
    owner = np.concatenate([place + i * TOGETHER for i, (place, _) in enumerate(parts)] or [np.empty(0, np.int64)])
    _, codes = np.unique(np.concatenate([each for _, each in parts] or [np.empty(0, np.uint64)]), return_inverse=True)
    n_codes = int(codes.max(initial=0)) + 1
    owner, codes = np.divmod(_distinct(owner * n_codes + codes), n_codes)
    rank = np.empty(n_codes, dtype=np.int64)
    rank[np.argsort(np.bincount(codes, minlength=n_codes), kind="stable")] = np.arange(n_codes)
    codes = np.sort(owner * n_codes + rank[codes]) % n_codes
    return Shingles(codes, np.searchsorted(owner, np.arange(len(texts) + 1)))


def similar_pairs(shingles: Shingles, threshold: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Pairs with a resemblance of at least `threshold`: (p,) first, (p,) second, (p,) resemblance in [0, 1].

    Two sets of that resemblance share one of the ⌊(1 − t) |S|⌋ + 1 rarest shingles of each (prefix filter: Chaudhuri,
    Ganti & Kaushik, ICDE 2006), and behind the rarest shared one both have enough left for t / (1 + t) of both sizes
    (positional filter: Xiao, Wang, Lin & Yu, WWW 2008); only such pairs are compared. All are found, except where more
    than 33 texts share a rare shingle: there each is compared with the 32 next larger ones, so that copies of one
    template are still joined into one group.
    """
    first, second = _candidates(shingles, threshold)
    shared = _shared(shingles, first, second)
    sizes = shingles.sizes
    resemblance = shared / (sizes[first] + sizes[second] - shared)
    keep = resemblance >= threshold - 1e-12
    return first[keep], second[keep], resemblance[keep]


def _hashes(texts: Sequence[str], every: int) -> tuple[np.ndarray, np.ndarray]:
    """The hashes of all shingles of these texts, and the index of the text of each: Σ_j c_j b^j modulo 2^64, mixed."""
    filled = [text.ljust(LENGTH, "\0") for text in texts]
    letters = np.frombuffer("".join(filled).encode("utf-32-le", "surrogatepass"), dtype=np.uint32).astype(np.uint64)
    n = max(len(letters) - LENGTH + 1, 0)
    hashes, power = np.zeros(n, dtype=np.uint64), np.uint64(1)
    with np.errstate(over="ignore"):
        for j in range(LENGTH):
            power *= BASE
            hashes += letters[j : n + j] * power
    hashes ^= hashes >> np.uint64(29)
    owner = np.repeat(np.arange(len(texts)), [len(text) for text in filled])[:n]
    ends = np.cumsum([len(text) for text in filled])
    keep = np.arange(n) <= ends[owner] - LENGTH  # the others reach into the next text
    if every > 1:
        keep &= hashes % np.uint64(every) == 0
    return owner[keep], hashes[keep]


def _candidates(shingles: Shingles, threshold: float) -> tuple[np.ndarray, np.ndarray]:
    """Pairs that share a rare shingle and may be alike enough, each once, the smaller index first."""
    owner, place = _rare(shingles, threshold)
    codes, sizes = shingles.codes[shingles.starts[owner] + place], shingles.sizes
    order = np.lexsort((owner, sizes[owner], codes))
    codes, owner, left = codes[order], owner[order], (sizes[owner] - place)[order]
    n, found = len(sizes), [np.empty(0, np.int64)]
    for step in range(1, min(ALIKE, len(owner) - 1) + 1):
        same = np.flatnonzero(codes[step:] == codes[:-step])
        small, large = owner[same], owner[same + step]
        most = np.minimum(left[same], left[same + step])  # that can be shared, if this is the rarest one shared
        fits = most >= threshold / (1 + threshold) * (sizes[small] + sizes[large]) - 1e-9
        found.append((np.minimum(small, large) * n + np.maximum(small, large))[fits])
    return np.divmod(_distinct(np.concatenate(found)), max(n, 1))


def _distinct(values: np.ndarray) -> np.ndarray:
    """The distinct whole numbers, sorted; by sorting, which took a thirtieth of the time of NumPy's unique."""
    values = np.sort(values)
    return values[np.diff(values, prepend=values[:1] - 1) != 0]


def _rare(shingles: Shingles, threshold: float) -> tuple[np.ndarray, np.ndarray]:
    """The rarest shingles of each text, of which similar texts share one: the text's index, and the place in it."""
    sizes = shingles.sizes
    lengths = np.where(sizes > 0, np.floor((1 - threshold) * sizes + 1e-9).astype(np.int64) + 1, 0)
    owner = np.repeat(np.arange(len(sizes)), lengths)
    return owner, np.arange(len(owner)) - np.repeat(np.cumsum(lengths) - lengths, lengths)


def _shared(shingles: Shingles, first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """(p,) how many shingles the texts of each pair share."""
    from scipy.sparse import csr_array

    ones, n = np.ones(len(shingles.codes), dtype=np.int32), len(shingles.sizes)
    has = csr_array((ones, shingles.codes, shingles.starts), shape=(n, int(shingles.codes.max(initial=0)) + 1))
    held = np.cumsum(shingles.sizes[first] + shingles.sizes[second])
    parts = np.split(np.arange(len(first)), np.flatnonzero(np.diff(held // AT_ONCE)) + 1)
    found = [has[first[part]].multiply(has[second[part]]).sum(axis=1) for part in parts]
    return np.concatenate([*found, np.empty(0, np.int64)]).astype(np.int64)
