"""Points in blocks of near ones, each in a box: of two blocks, only what lies near the other's box can be near."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

MOST = 1024  # points of a block
SIDES = 16  # coordinates in which boxes are compared, the first ones: all 49 rule out little more, and take longer
LOOKED_AT = 4096  # points of a part whose spread is looked at before it is cut


@dataclass(frozen=True, eq=False)
class Block:
    """items: (m,) numbers; points: (m, k) where they lie."""

    items: np.ndarray
    points: np.ndarray

    @cached_property
    def sides(self) -> np.ndarray:
        """(s, m): the first 16 coordinates of the points at most, one after the other, in which they lie in a box."""
        return np.ascontiguousarray(self.points[:, :SIDES].T)

    @cached_property
    def low(self) -> np.ndarray:
        """(s, 1): the lower corner of the box."""
        return self.sides.min(axis=1, keepdims=True)

    @cached_property
    def high(self) -> np.ndarray:
        """(s, 1): its upper corner."""
        return self.sides.max(axis=1, keepdims=True)

    def near(self, other: "Block", reach: float) -> "Block":
        """Its points that lie within reach of the other's box; all others are further than that from each of the
        other's points."""
        gap = self.sides - np.clip(self.sides, other.low, other.high)
        close = np.flatnonzero(np.einsum("sm,sm->m", gap, gap) <= reach**2)
        return self if len(close) == len(self.items) else Block(self.items[close], self.points[close])


def tight_blocks(points: np.ndarray) -> list[Block]:
    """The points (n, k) in blocks of at most 1,024, each cut from the others in the middle along the coordinate in
    which they were spread widest (Bentley, Multidimensional binary search trees, CACM 1975)."""
    blocks, parts = [], [np.arange(len(points))]
    while parts:
        part = parts.pop()
        if len(part) <= MOST:
            blocks.append(Block(part, points[part]))
            continue
        spread = points[part[:: max(1, len(part) // LOOKED_AT)]].var(axis=0)
        middle = len(part) // 2
        cut = np.argpartition(points[part, spread.argmax()], middle)
        parts += [part[cut[middle:]], part[cut[:middle]]]
    return blocks


def near_blocks(blocks: list[Block], reach: float) -> Iterator[np.ndarray]:
    """For each block in order the numbers of those, from it on, whose boxes lie within reach of its own."""
    low, high = (np.hstack([getattr(block, side) for block in blocks]) for side in ("low", "high"))  # (s, B) each
    for i, block in enumerate(blocks):
        gap = np.maximum(0, np.maximum(low[:, i:] - block.high, block.low - high[:, i:]))
        yield i + np.flatnonzero(np.einsum("sb,sb->b", gap, gap) <= reach**2)
