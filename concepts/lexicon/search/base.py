"""What an index is: rows that are added, and the best of them for a query."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

BLOCK = 1024  # scores of which one maximum is taken


@dataclass(frozen=True)
class SearchResult:
    """The best rows, best first, and their scores: each (m,), of equal scores the earlier row first."""

    rows: np.ndarray
    scores: np.ndarray

    def __len__(self) -> int:
        return len(self.rows)


class Index(Protocol):
    """Rows of numbers in the order in which they were added, searched by inner product."""

    @property
    def nbytes(self) -> int:
        """Memory that the index takes."""
        ...

    def __len__(self) -> int: ...

    def add(self, rows: np.ndarray) -> None:
        """Adds rows (m, L) after those that are there."""
        ...

    def search(self, query: np.ndarray, top: int = 10) -> SearchResult:
        """The `top` rows with the largest inner product with a query (L,)."""
        ...


def best(scores: np.ndarray, top: int) -> SearchResult:
    """The `top` largest scores (n,) that are above 0, exactly, of equal ones the earlier first.

    The top-th largest of the blocks' maxima bounds from below what can be among them, so that few need sorting.
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
