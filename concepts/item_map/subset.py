"""Some items of a collection, as conditions leave them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np


@dataclass(frozen=True, eq=False)
class Subset:
    """The items that are in it. items: (n,) bool."""

    items: np.ndarray

    @classmethod
    def of(cls, n: int, *conditions: np.ndarray | None) -> Self:
        """The items of n that fulfil all conditions, each (n,) bool; None: no condition.

        Raises ValueError where a condition is of another number of items.
        """
        items = np.ones(n, dtype=bool)
        for condition in conditions:
            if condition is not None and condition.shape != (n,):
                raise ValueError(f"a condition is of {condition.shape} items, expected ({n},)")
            items &= True if condition is None else condition
        return cls(items)

    @classmethod
    def of_numbers(cls, n: int, numbers: Iterable[int]) -> Self:
        """The items of n with these numbers."""
        items = np.zeros(n, dtype=bool)
        items[np.fromiter(numbers, dtype=np.int64)] = True
        return cls(items)

    @cached_property
    def numbers(self) -> np.ndarray:
        """(m,): the numbers of its items, ascending."""
        return np.flatnonzero(self.items)

    def __len__(self) -> int:
        return int(np.count_nonzero(self.items))

    @property
    def is_all(self) -> bool:
        """True where no item is left out."""
        return bool(self.items.all())

    @property
    def condition(self) -> np.ndarray | None:
        """(n,) bool, its items; None where it holds all, so that nothing has to be looked up."""
        return None if self.is_all else self.items

    def list_of(self, names: Sequence[str]) -> str:
        """The names of its items, one a line: a list of files that `--images` reads."""
        return "".join(f"{names[i]}\n" for i in self.numbers.tolist())
