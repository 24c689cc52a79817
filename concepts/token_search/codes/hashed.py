"""A hashed shared table: each word's vector is a sum of rows of one small table, which a hash of the word picks."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
from scipy import sparse

HASHES, STEPS, RIDGE = 2, 50, 1e-6


@dataclass(frozen=True, eq=False)
class HashedTable:
    """v(w) ≈ Σ_i s_i(w) T[h_i(w)], i = 1, 2, with hashes h and signs s of the word's text: nothing is kept of a word.

    table: T (B, p) float16. Weinberger et al., Feature hashing for large scale multitask learning, ICML 2009; two
    hashes as in Svenstrup, Hansen & Winther, Hash embeddings, NeurIPS 2017, without their weights of each word.
    """

    table: np.ndarray

    @property
    def nbytes(self) -> int:
        """Bytes of the table."""
        return self.table.nbytes

    def vectors(self, words: Sequence[str]) -> np.ndarray:
        """(l, p) float32: the vectors of words, also of such that the table was not fitted to."""
        return np.asarray(picked(words, len(self.table)) @ self.table.astype(np.float32))


def fit_hashed(words: Sequence[str], vectors: np.ndarray, *, rows: int) -> HashedTable:
    """The table of `rows` rows that is best for these words and vectors (l, p), by least squares.

    Raises ValueError for rows < 1 and for other numbers of words and vectors.
    """
    if rows < 1 or len(words) != len(vectors):
        raise ValueError(f"{rows} rows for {len(words)} words and {len(vectors)} vectors: expected a row at least")
    S = picked(words, rows)
    table = _conjugate_gradients(S.T @ S + RIDGE * sparse.eye(rows), S.T @ vectors.astype(np.float64))
    return HashedTable(table.astype(np.float16))


def picked(words: Sequence[str], rows: int) -> sparse.csr_matrix:
    """(l, rows): the signs of the rows that each word picks; 0 elsewhere."""
    digests = [blake2b(word.encode(), digest_size=8 * HASHES).digest() for word in words]
    numbers = np.array([np.frombuffer(digest, np.uint64) for digest in digests]).reshape(len(words), HASHES)
    signs = np.where(numbers >> np.uint64(63), 1.0, -1.0)
    columns = (numbers & np.uint64(2**63 - 1)) % np.uint64(rows)
    at = np.repeat(np.arange(len(words)), HASHES)
    return sparse.csr_matrix((signs.ravel(), (at, columns.ravel().astype(np.int64))), (len(words), rows))


def _conjugate_gradients(M: sparse.spmatrix, B: np.ndarray) -> np.ndarray:
    """X with M X = B, for a positive definite M, all columns at once (Hestenes & Stiefel 1952), 50 steps."""
    X, R = np.zeros_like(B), B.copy()
    P, size = R.copy(), (R * R).sum(axis=0)
    for _ in range(STEPS):
        MP = M @ P
        step = size / np.maximum((P * MP).sum(axis=0), 1e-30)
        X, R = X + step * P, R - step * MP
        size, before = (R * R).sum(axis=0), size
        P = R + size / np.maximum(before, 1e-30) * P
    return X
