"""What is seen of a map: how many items lie in each tile of a view, and which lie in it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from concepts.report.queries.photo_filter import inside

CHUNK = 2**20  # items looked at at a time
COLUMNS, ROWS = 240, 150  # tiles of a view: about four pixels each
ACROSS, DOWN = 12, 8  # cells of a view, of each of which one item is an example
MIXER, WORD = np.uint32(2_654_435_769), np.uint64(2**32)  # 2**32 over the golden ratio (Knuth, TAOCP 3, 6.4)
MOST_POINTS = 2_000  # in a view, up to which each item is a point of its own
MARGIN = 0.08  # of the map's extent, around it: half of a photo over its point, on a phone too


@dataclass(frozen=True)
class View:
    """A part of the plane. Raises ValueError where left ≥ right or bottom ≥ top, or a side is not finite."""

    left: float
    bottom: float
    right: float
    top: float

    def __post_init__(self) -> None:
        sides = (self.left, self.bottom, self.right, self.top)
        if not (np.isfinite(sides).all() and self.left < self.right and self.bottom < self.top):
            raise ValueError(f"a view from {sides[:2]} to {sides[2:]}: expected left < right and bottom < top")

    @classmethod
    def around(cls, places: np.ndarray) -> Self:
        """The view of all places (n, 2), with a margin; of one place, or none, a square of side 2 around it."""
        each = (
            places.T if len(places) else np.zeros((2, 1))
        )  # a coordinate after the other: both at once take ten times
        low, high = np.array([x.min() for x in each]), np.array([x.max() for x in each])  # as long
        grown = np.where(high > low, MARGIN * (high - low), 1.0)
        (left, bottom), (right, top) = (low - grown).tolist(), (high + grown).tolist()
        return cls(left, bottom, right, top)

    def holds(self, places: np.ndarray) -> np.ndarray:
        """(n,) bool: the places (n, 2) in it; the left and bottom sides belong to it."""
        x, y = places[:, 0], places[:, 1]
        return (x >= self.left) & (x < self.right) & (y >= self.bottom) & (y < self.top)


@dataclass(frozen=True, eq=False)
class Seen:
    """What is seen of a map in a view. every, chosen: (rows, columns) items in each tile, all of them and those that
    are chosen; chosen is None where all are. numbers: (m,) of the chosen ones in it, where they are few; else None.
    examples: (m,) of some chosen ones in it, one in each of 12 × 8 cells that hold any; of few, all."""

    view: View
    every: np.ndarray
    chosen: np.ndarray | None
    numbers: np.ndarray | None
    examples: np.ndarray

    @property
    def n(self) -> int:
        """The number of chosen items in it."""
        return int((self.every if self.chosen is None else self.chosen).sum())


def seen_in(places: np.ndarray, view: View, *, items: np.ndarray | None = None, most: int | None = None) -> Seen:
    """What is seen of a map with these places (n, 2). items: (n,) bool, those that are chosen; None: all. most: of
    which each is a point of its own; None: 2,000."""
    every = counts_in(places, view, columns=COLUMNS, rows=ROWS)
    chosen = None if items is None else counts_in(places, view, columns=COLUMNS, rows=ROWS, items=items)
    seen = Seen(view, every, chosen, None, np.zeros(0, np.int64))
    if seen.n > (MOST_POINTS if most is None else most):
        return replace(seen, examples=examples_in(places, view, items=items))
    numbers = items_in(places, view, items=items)
    return replace(seen, numbers=numbers, examples=numbers)


def counts_in(
    places: np.ndarray, view: View, *, columns: int, rows: int, items: np.ndarray | None = None
) -> np.ndarray:
    """(rows, columns) int64: the number of items in each tile of a view, the lowest row first.

    places: (n, 2). items: (n,) bool, those that count; None: all. Raises ValueError for fewer than one tile a side.
    """
    if min(columns, rows) < 1:
        raise ValueError(f"{columns} × {rows} tiles: ask for one or more a side")
    counts = np.zeros(rows * columns, dtype=np.int64)
    for _, seen in _seen(places, view, items):
        counts += np.bincount(_tiles_of(seen, view, columns, rows), minlength=rows * columns)
    return counts.reshape(rows, columns)


def examples_in(
    places: np.ndarray, view: View, *, columns: int = ACROSS, rows: int = DOWN, items: np.ndarray | None = None
) -> np.ndarray:
    """(m,): the number of one item of each cell of a view that holds any, ascending: as if drawn, the same each time.

    items: as for `counts_in`. Of each cell it is the item with the least hash of its number: the places of a photo
    follow each other, and the first ones would all be of the same photos.
    """
    least = np.full(rows * columns, np.iinfo(np.uint64).max)
    for numbers, seen in _seen(places, view, items):
        keys = _mixed(numbers).astype(np.uint64) * WORD + numbers.astype(np.uint64)
        np.minimum.at(least, _tiles_of(seen, view, columns, rows), keys)
    found = least[least < np.iinfo(np.uint64).max] % WORD
    return np.sort(found.astype(np.int64))


def _mixed(numbers: np.ndarray) -> np.ndarray:
    """(m,) uint32: a hash of each number (m,), below 2**32; products wrap around."""
    once = (numbers.astype(np.uint32) + np.uint32(1)) * MIXER
    mixed: np.ndarray = (once ^ once >> np.uint32(15)) * MIXER
    return mixed


def items_in(places: np.ndarray, view: View, *, items: np.ndarray | None = None) -> np.ndarray:
    """(m,): the numbers of the items in a view, ascending. items: as for `counts_in`."""
    return np.concatenate([numbers for numbers, _ in _seen(places, view, items)])


def items_within(places: np.ndarray, corners: Sequence[tuple[float, float]]) -> np.ndarray:
    """(n,) bool: the items whose places (n, 2) lie in the polygon. Raises ValueError for fewer than three corners."""
    if len(corners) < 3:
        raise ValueError(f"a region of {len(corners)} corners: draw one with three or more")
    (left, bottom), (right, top) = np.min(corners, axis=0), np.max(corners, axis=0)
    within = np.zeros(len(places), bool)
    for start in range(0, len(places), CHUNK):
        x, y = places[start : start + CHUNK].T
        near = np.flatnonzero((x >= left) & (x <= right) & (y >= bottom) & (y <= top))
        within[start + near] = inside(places[start + near], corners)
    return within


def _tiles_of(xy: np.ndarray, view: View, columns: int, rows: int) -> np.ndarray:
    """(m,) int32: the tile of each place in a view, row · columns + column. xy: (2, m), which are overwritten."""
    x, y = xy
    x -= view.left
    x /= (view.right - view.left) / columns
    y -= view.bottom
    y /= (view.top - view.bottom) / rows
    column, row = np.minimum(x, columns - 1).astype(np.int32), np.minimum(y, rows - 1).astype(np.int32)
    row *= columns
    row += column
    return row


def _seen(places: np.ndarray, view: View, items: np.ndarray | None) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Numbers (m,) and places (2, m) float64 of the items in a view, a chunk at a time; at least once."""
    for start in range(0, max(1, len(places)), CHUNK):
        part = places[start : start + CHUNK]
        there = view.holds(part)
        if items is not None:
            there &= items[start : start + CHUNK]
        yield start + np.flatnonzero(there), np.array([x[there] for x in part.T], dtype=np.float64)
