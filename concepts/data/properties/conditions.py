"""A property as texts to filter by: a category's name, a number or a date, or a range of them."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import numpy as np

from concepts.data.properties.property import CATEGORY, DATE, Property

MOST_VALUES = 12  # numbers or dates that are offered one by one; of more, four ranges with about as many photos each
RANGES = 4
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def condition_texts(found: Property) -> list[str | None]:
    """A text for each of n photos, None where the property is not known: photos with the same text have it in common.

    A category: its name. Numbers and dates: the value where there are at most 12, else the quarter that it lies in,
    such as "3 to 7.5"; what lies on a bound belongs to the quarter above it.
    """
    known = np.isfinite(found.values)
    if found.kind == CATEGORY:
        return [found.categories[int(v)] if there else None for v, there in zip(found.values, known, strict=True)]
    each = np.unique(found.values[known])
    if len(each) <= MOST_VALUES:
        names = {value: _written(value, found.kind) for value in each.tolist()}
        return [names[v] if there else None for v, there in zip(found.values.tolist(), known.tolist(), strict=True)]
    ends = np.unique(np.quantile(found.values[known], np.linspace(0, 1, RANGES + 1)))
    quarter = np.clip(np.searchsorted(ends, found.values, side="right") - 1, 0, len(ends) - 2)
    texts = [f"{_written(a, found.kind)} to {_written(b, found.kind)}" for a, b in pairwise(ends)]
    return [texts[q] if there else None for q, there in zip(quarter.tolist(), known.tolist(), strict=True)]


def _written(value: float, kind: str) -> str:
    if kind != DATE:
        return f"{value:g}"
    moment = EPOCH + timedelta(days=float(value))
    return f"{moment:%Y-%m-%d}" if value == int(value) else f"{moment:%Y-%m-%d %H.%M}"  # a colon ends a column's name
