"""A hashed shared table: each word's vector is a sum of rows of one small table, picked by hashes of its letters."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

if TYPE_CHECKING:
    from torch import Tensor

LETTERS = (3, 4, 5)  # in a piece of a word
STEPS, RIDGE = 20, 1e-6
CHANNELS = 32  # fitted at a time
BLOCK = 16_384  # words whose pieces are hashed at a time


@dataclass(frozen=True, eq=False)
class HashedTable:
    """v(w) ≈ c + 1/√|G(w)| Σ_g s(g) T[h(g)], with hashes h and signs s: nothing is kept of a word.

    G(w): the word, and all pieces of 3 to 5 letters of "<w>", of which words that are written alike share some.
    table: T (B, p) float16. centre: c (p,) float32. Hashing: Weinberger et al., Feature hashing for large scale
    multitask learning, ICML 2009. Pieces: Bojanowski et al., Enriching word vectors with subword information, TACL
    2017, who hash them into a shared table, too; here its rows are fitted to vectors that are there. Svenstrup, Hansen
    & Winther, Hash embeddings, NeurIPS 2017, pick rows by the word alone, with weights kept for each word: without the
    weights, and without pieces, words share nothing but chance.
    """

    table: np.ndarray
    centre: np.ndarray

    @property
    def nbytes(self) -> int:
        """Bytes of the table and the centre."""
        return self.table.nbytes + self.centre.nbytes

    def vectors(self, words: Sequence[str]) -> np.ndarray:
        """(l, p) float32: the vectors of words, also of such that the table was not fitted to."""
        return np.asarray(picked(words, len(self.table)) @ self.table.astype(np.float32)) + self.centre


def fit_hashed(words: Sequence[str], vectors: "Tensor", *, rows: int) -> HashedTable:
    """The table of `rows` rows that is best for these words and vectors (l, p), by least squares in 20 steps.

    A few channels at a time, so that beside the vectors memory is that of the table, 16 bytes for each piece of each
    word, and about 350 a word: 700 bytes a word of 22 pieces (measured, 100,000 words). Raises ValueError for rows < 1
    and for other numbers of words and vectors.
    """
    if rows < 1 or len(words) != len(vectors):
        raise ValueError(f"{rows} rows for {len(words)} words and {len(vectors)} vectors: expected a row at least")
    S = picked(words, rows)
    back, centre = S.T.tocsr(), mean_of(vectors)
    table = np.empty((rows, vectors.shape[1]), np.float16)
    for start in range(0, vectors.shape[1], CHANNELS):
        at = slice(start, start + CHANNELS)
        table[:, at] = _least_squares(S, back, vectors[:, at].float().numpy() - centre[at])
    return HashedTable(table, centre)


def picked(words: Sequence[str], rows: int) -> sparse.csr_matrix:
    """(l, rows) float32: the signs, divided by √|G(w)|, of the rows that each word picks; 0 elsewhere."""
    blocks = [_picked(words[start : start + BLOCK], rows) for start in range(0, len(words), BLOCK)]
    return sparse.csr_matrix(sparse.vstack(blocks, format="csr") if blocks else (0, rows), dtype=np.float32)


def _picked(words: Sequence[str], rows: int) -> sparse.csr_matrix:
    """As `picked`. Python's numbers, 40 bytes for each piece, are those of one block of words."""
    hashes: dict[str, int] = {}  # words share most of their pieces
    numbers, ends = [], [0]
    for word in words:
        for piece in pieces(word):
            found = hashes.get(piece)
            if found is None:
                found = hashes[piece] = int.from_bytes(blake2b(piece.encode(), digest_size=8).digest(), "little")
            numbers.append(found)
        ends.append(len(numbers))
    each, counts = np.array(numbers, np.uint64), np.diff(ends)
    columns = ((each & np.uint64(2**63 - 1)) % np.uint64(rows)).astype(np.int32)
    signs = np.where(each >> np.uint64(63), 1.0, -1.0) / np.repeat(np.sqrt(counts), counts)
    return sparse.csr_matrix((signs.astype(np.float32), columns, ends), (len(words), rows))


def pieces(word: str) -> Iterator[str]:
    """The word, and each run of 3 to 5 letters of it between "<" and ">", as often as it occurs."""
    yield f"\0{word}"
    whole = f"<{word}>"
    for n in LETTERS:
        yield from (whole[i : i + n] for i in range(len(whole) - n + 1))


def mean_of(vectors: "Tensor") -> np.ndarray:
    """c (p,) float32: the mean of vectors of any precision."""
    import torch

    return np.asarray(vectors.mean(dim=0, dtype=torch.float32))


def _least_squares(S: sparse.csr_matrix, back: sparse.csr_matrix, V: np.ndarray) -> np.ndarray:
    """X (B, p) towards the least ‖S X − V‖² + 1e-6 ‖X‖², all columns at once, after 20 steps. back: Sᵀ.

    Conjugate gradients on the normal equations, whose matrix is never formed (Hestenes & Stiefel 1952).
    """
    R = back @ V
    X, P, size = np.zeros_like(R), R.copy(), (R * R).sum(axis=0)
    for _ in range(STEPS):
        MP = back @ (S @ P) + RIDGE * P
        step = size / np.maximum((P * MP).sum(axis=0), 1e-30)
        X += step * P
        R -= step * MP
        size, before = (R * R).sum(axis=0), size
        P = R + size / np.maximum(before, 1e-30) * P
    return X
