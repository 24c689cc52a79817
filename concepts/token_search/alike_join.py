"""Which of n directions are connected by pairs that are alike: every pair is looked at, or shown not to be alike."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from concepts.numerics.disjoint_sets import DisjointSets
from concepts.numerics.one_thread import one_thread
from concepts.token_search.short_vectors import SLACK, short_vectors
from concepts.token_search.tight_blocks import near_blocks, tight_blocks

ROUNDED = 1e-6  # of a cosine that is equal to the threshold


@dataclass(frozen=True, eq=False)
class AlikeGroups:
    """firsts: (n,) the smallest number of the group of each item, its own where it is alone. short, full: pairs whose
    cosine was taken, of the short vectors, and of these in full; all others are apart, or were in a group before."""

    firsts: np.ndarray
    short: int
    full: int


def join_alike(
    unit: np.ndarray, threshold: float, *, seed: int = 0, progress: Callable[[float], None] = lambda share: None
) -> AlikeGroups:
    """Joins the rows of unit (n, p), of length 1, whose cosine is at least the threshold, to rounding. None is missed.

    Two of them lie within √(2 − 2 threshold) of each other, and so do their short vectors. Blocks of these whose boxes
    lie further apart are passed over, then points further than that from the other block's box, then pairs whose short
    vectors have a smaller cosine, and what is in one group already. The cosines in full are taken of what is left.
    Memory: 400 bytes an item, for the short vectors twice, and one pair of blocks of the rows, however many are alike.
    """
    if len(unit) == 0:
        return AlikeGroups(np.zeros(0, np.int64), 0, 0)
    with one_thread():
        return _Join(unit, threshold, seed).joined(progress)


class _Join:
    """What has been joined so far."""

    def __init__(self, unit: np.ndarray, threshold: float, seed: int) -> None:
        self.unit, self.least = unit, threshold - ROUNDED
        self.least_short = self.least - SLACK
        self.reach = (2 - 2 * self.least_short) ** 0.5
        self.blocks = tight_blocks(short_vectors(unit, seed=seed))
        self.is_one = np.zeros(len(self.blocks), bool)  # blocks all of whose items are in one group
        self.sets = DisjointSets(len(unit))
        self.short = self.full = 0

    def joined(self, progress: Callable[[float], None]) -> AlikeGroups:
        n = len(self.blocks)
        for i, others in enumerate(near_blocks(self.blocks, self.reach)):
            for j in others.tolist():
                if not self._are_one(i, j):
                    self._compare(i, j)
            progress(1 - (1 - (i + 1) / n) ** 2)  # of the pairs of blocks
        return AlikeGroups(self.sets.firsts(np.arange(len(self.unit))), self.short, self.full)

    def _are_one(self, i: int, j: int) -> bool:
        """Whether all items of two blocks are in one group: nothing is left to be joined."""
        if not (self.is_one[i] and self.is_one[j]):
            return False
        one, other = self.sets.firsts(np.array([self.blocks[i].items[0], self.blocks[j].items[0]]))
        return bool(one == other)

    def _compare(self, i: int, j: int) -> None:
        """Joins what is alike in two blocks."""
        rows = self.blocks[i].near(self.blocks[j], self.reach)
        if not len(rows.items):
            return
        columns = self.blocks[j].near(rows, self.reach)
        cosines = rows.points @ columns.points.T
        self.short += cosines.size
        close = cosines.max(axis=1, initial=-1) >= self.least_short
        if close.any() and self._join(rows.items[close], columns.items, cosines[close]):
            for block in (i, j):
                firsts = self.sets.firsts(self.blocks[block].items)
                self.is_one[block] = bool((firsts == firsts[0]).all())

    def _join(self, rows: np.ndarray, columns: np.ndarray, short: np.ndarray) -> bool:
        """Joins rows (r,) and columns (c,) that are alike in full; short: (r, c). Returns whether there were any."""
        apart = self.sets.firsts(rows)[:, None] != self.sets.firsts(columns)
        left = (short >= self.least_short) & apart
        r, c = np.flatnonzero(left.any(axis=1)), np.flatnonzero(left.any(axis=0))
        if not len(r):
            return False
        rows, columns = rows[r], columns[c]
        self.full += len(r) * len(c)
        r, c = np.nonzero(self.unit[rows] @ self.unit[columns].T >= self.least)
        self.sets.join(np.concatenate([rows, columns]), r, len(rows) + c)
        return len(r) > 0
