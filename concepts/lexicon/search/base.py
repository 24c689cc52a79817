"""The interface of an index: rows are added, and the best rows for a query are returned."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

BLOCK = 1024  # scores per block maximum


@dataclass(frozen=True)
class SearchResult:
    """The best rows, best first, and their scores: each (m,); in a tie the earlier row comes first."""

    rows: np.ndarray
    scores: np.ndarray

    def __len__(self) -> int:
        return len(self.rows)


class Index(Protocol):
    """Rows of numbers in the order in which they were added, searched by inner product."""

    @property
    def nbytes(self) -> int:
        """Memory of the index in bytes."""
        ...

    def __len__(self) -> int: ...

    def add(self, rows: np.ndarray) -> None:
        """Adds rows (m, L) after the existing ones."""
        ...

    def search(self, query: np.ndarray, top: int = 10) -> SearchResult:
        """The `top` rows with the largest inner product with a query (L,)."""
        ...


def best(scores: np.ndarray, top: int) -> SearchResult:
    """The `top` largest scores (n,) above 0, exact; in a tie the earlier comes first.

    The top-th largest of the block maxima is a lower bound for the result, so that few scores need sorting.
    Raises ValueError for top < 1.
    """
    if top < 1:
        raise ValueError(f"top is {top}: ask for at least one row")
    whole = len(scores) // BLOCK * BLOCK
    maxima = np.append(scores[:whole].reshape(-1, BLOCK).max(axis=1), scores[whole:])
    bound = np.partition(maxima, -top)[-top] if top < len(maxima) else 0
    candidates = np.flatnonzero((scores >= bound) & (scores > 0))
    rows = candidates[np.argsort(-scores[candidates], kind="stable")[:top]]
    return SearchResult(rows, scores[rows])
