"""The tokens that are most like some queries, and how two such answers are joined and compared."""

from dataclasses import dataclass
from typing import Self

import numpy as np


@dataclass(frozen=True, eq=False)
class Neighbours:
    """For q queries the m most similar rows, best first, with their cosines: each (q, m); ties: the earlier row."""

    rows: np.ndarray
    cosines: np.ndarray

    @classmethod
    def none(cls, n_queries: int) -> Self:
        """No rows yet."""
        return cls(np.zeros((n_queries, 0), np.int64), np.zeros((n_queries, 0), np.float32))

    @classmethod
    def best(cls, rows: np.ndarray, cosines: np.ndarray, top: int) -> Self:
        """The `top` of these, for each query. rows: (m,), or (q, m); cosines: (q, m)."""
        rows = np.broadcast_to(rows, cosines.shape)
        if 0 < top < cosines.shape[1]:
            bound = -np.partition(-cosines, top - 1, axis=1)[:, top - 1]
            kept = [np.flatnonzero(each >= least) for each, least in zip(cosines, bound, strict=True)]
        else:
            kept = [np.arange(cosines.shape[1])] * len(cosines)
        order = [at[np.lexsort((row[at], -each[at]))[:top]] for at, row, each in zip(kept, rows, cosines, strict=True)]
        chosen = np.array(order, dtype=np.int64).reshape(len(cosines), -1)
        return cls(np.take_along_axis(rows, chosen, 1), np.take_along_axis(cosines, chosen, 1))

    def joined(self, other: "Neighbours", top: int) -> "Neighbours":
        """The `top` of both answers to the same queries; no row may be in both."""
        rows = np.concatenate([self.rows, other.rows], axis=1)
        return Neighbours.best(rows, np.concatenate([self.cosines, other.cosines], axis=1), top)


def recall(found: np.ndarray, exact: np.ndarray) -> float:
    """The share of the exact rows (q, m) that were found (q, any), mean over the queries, in [0, 1]."""
    return float(np.mean([np.isin(right, row).mean() for row, right in zip(found, exact, strict=True)]))
