"""A property of many photos: a number, a date or a category for each."""

from dataclasses import dataclass, replace
from typing import Literal, Self

import numpy as np

Kind = Literal["number", "date", "category"]
NUMBER: Kind = "number"
DATE: Kind = "date"
CATEGORY: Kind = "category"


@dataclass(frozen=True, eq=False)
class Property:
    """One value for each of n photos, (n,) float64; NaN where it is not known.

    A date is in days since 1970. A category is its index in `categories`, which is empty for other kinds.
    """

    name: str
    kind: Kind
    values: np.ndarray
    categories: tuple[str, ...] = ()

    def named(self, name: str) -> Self:
        """The same property under this name."""
        return replace(self, name=name)

    def at(self, rows: np.ndarray) -> Self:
        """The property of these photos, in that order; −1 stands for a photo without a value."""
        values = np.where(rows < 0, np.nan, self.values[rows]) if len(self.values) else np.full(len(rows), np.nan)
        return replace(self, values=values)


def number(name: str, values: list[float | None]) -> Property:
    """A property that is a number, None where it is not known."""
    return Property(name, NUMBER, np.array([np.nan if value is None else value for value in values], dtype=np.float64))


def category(name: str, values: list[str | None]) -> Property:
    """A property that is a category, None where it is not known; categories are in the order of their names."""
    names = sorted({value for value in values if value is not None})
    place = {each: float(i) for i, each in enumerate(names)}
    found = [np.nan if value is None else place[value] for value in values]
    return Property(name, CATEGORY, np.array(found, dtype=np.float64), tuple(names))
