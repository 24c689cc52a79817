"""The tokens that are most like some queries, and how two such answers are joined and compared."""

from dataclasses import dataclass, replace
from typing import Self

import numpy as np

TIE = 1e-6  # float32 cosines of equal tokens differ by less


@dataclass(frozen=True, eq=False)
class Neighbours:
    """For q queries the m most similar rows, best first, with their cosines: each (q, m); ties: the earlier row.

    scanned: whether every row that counts was compared; False where these are the best of an index's candidates, among
    which some may be missing.
    """

    rows: np.ndarray
    cosines: np.ndarray
    scanned: bool = True

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

    def without(self, own: np.ndarray) -> "Neighbours":
        """Without one row for each query (q,), its own; where that is not among them, without the last: (q, m − 1)."""
        kept = [np.flatnonzero(row != mine)[: len(row) - 1] for row, mine in zip(self.rows, own, strict=True)]
        at = np.array(kept, dtype=np.int64).reshape(len(self.rows), -1)
        return replace(self, rows=np.take_along_axis(self.rows, at, 1), cosines=np.take_along_axis(self.cosines, at, 1))

    def among(self, others: "Neighbours", own: np.ndarray) -> "Neighbours":
        """The answers to all queries: these to those that `own` (q,) bool marks, others to the rest, in order."""
        order = np.argsort(np.concatenate([np.flatnonzero(own), np.flatnonzero(~own)]))
        rows, values = np.concatenate([self.rows, others.rows]), np.concatenate([self.cosines, others.cosines])
        return Neighbours(rows[order], values[order], scanned=self.scanned and others.scanned)

    def joined(self, other: "Neighbours", top: int) -> "Neighbours":
        """The `top` of both answers to the same queries; no row may be in both."""
        rows = np.concatenate([self.rows, other.rows], axis=1)
        found = Neighbours.best(rows, np.concatenate([self.cosines, other.cosines], axis=1), top)
        return replace(found, scanned=self.scanned and other.scanned)


def shares_found(found: Neighbours, exact: Neighbours) -> np.ndarray:
    """(q,) in [0, 1]: for each query, the share of the m exact rows that were found: recall at m.

    A row counts that is as similar as the m-th exact one, to 1e-6: of equal tokens it does not matter which is found.
    """
    least = exact.cosines[:, -1:] - TIE
    return (found.cosines >= least).sum(axis=1).clip(max=exact.rows.shape[1]) / exact.rows.shape[1]
