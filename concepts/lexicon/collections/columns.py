"""What photos are chosen by: a text of each, kept as a number, since a million photos have few different ones."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np

from concepts.numerics.counted import listed
from concepts.token_search import chosen_items

SHOWN = 8  # values that an error names


@dataclass(frozen=True, eq=False)
class Column:
    """A text of each of n photos, or None: values[codes[i]].

    codes: (n,) int32. values: those that some photo has, in no order.
    """

    codes: np.ndarray
    values: tuple[str | None, ...]

    def __len__(self) -> int:
        return len(self.codes)

    @classmethod
    def of(cls, texts: Iterable[str | None]) -> Self:
        """Of a text for each photo."""
        numbers: dict[str | None, int] = {}
        codes = np.fromiter((numbers.setdefault(text, len(numbers)) for text in texts), np.int32)
        return cls(codes, tuple(numbers))

    @classmethod
    def of_some(cls, n: int, texts: Mapping[int, str]) -> Self:
        """Of the texts of some of n photos, by their rows; the others have none."""
        some = cls.of(texts.values())
        if len(texts) == n:
            codes = np.empty(n, np.int32)
            codes[list(texts)] = some.codes
            return cls(codes, some.values)
        codes = np.zeros(n, np.int32)
        codes[list(texts)] = some.codes + 1
        return cls(codes, (None, *some.values))

    @classmethod
    def of_numbers(cls, numbers: np.ndarray, name_of: Callable[[int], str]) -> Self:
        """Of a number of each photo (n,), and the text of a number."""
        used, codes = np.unique(numbers, return_inverse=True)
        return cls(codes.astype(np.int32), tuple(name_of(number) for number in used.tolist()))


def photos_with(columns: Mapping[str, Column], wanted: Mapping[str, Collection[str]]) -> np.ndarray:
    """(n,) bool: the photos that have, in each wanted column (one at least), one of its values.

    Raises ValueError for an unknown column, for a value that no photo has, and where no photo has all.
    """
    if unknown := [name for name in wanted if name not in columns]:
        raise ValueError(f"unknown column {unknown[0]!r}: choose one of {listed(list(columns), SHOWN)}")
    each = [
        chosen_items({name: columns[name].values}, {name: values})[columns[name].codes]
        for name, values in wanted.items()
    ]
    found: np.ndarray = np.logical_and.reduce(each)
    if not found.any():
        said = " and ".join(f"{name} of {listed(sorted(values), SHOWN)}" for name, values in wanted.items())
        raise ValueError(f"no photo has {said}: take a condition away")
    return found
