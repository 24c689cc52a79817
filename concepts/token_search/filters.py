"""Which items a question is about: by class, answer, strategy, or a column of a user's table."""

from collections.abc import Collection, Mapping, Sequence

import numpy as np

Value = str | int | float | bool | None
SHOWN = 8  # values or columns that an error names


def chosen_items(columns: Mapping[str, Sequence[Value]], wanted: Mapping[str, Collection[Value]]) -> np.ndarray:
    """(n,) bool: the items that have, in each wanted column, one of its values.

    columns: name → a value for each of n items. An empty `wanted` chooses all. Raises ValueError for an unknown column,
    columns of different lengths, a value that no item has, and conditions that no item fulfils together.
    """
    lengths = {name: len(values) for name, values in columns.items()}
    if len(set(lengths.values())) != 1:
        raise ValueError(f"columns {lengths}: expected the same number of items in each, at least one column")
    chosen = np.ones(next(iter(lengths.values())), bool)
    for name, values in wanted.items():
        chosen &= _has(columns, name, values)
    if not chosen.any():
        said = " and ".join(f"{name} of {_listed(values)}" for name, values in wanted.items())
        raise ValueError(f"no item has {said}: take a condition away")
    return chosen


def _has(columns: Mapping[str, Sequence[Value]], name: str, wanted: Collection[Value]) -> np.ndarray:
    if name not in columns:
        raise ValueError(f"unknown column {name!r}: choose one of {_listed(columns)}")
    there = set(columns[name])
    if missing := [value for value in wanted if value not in there]:
        raise ValueError(f"no item has {_listed(missing)} as its {name}: choose of {_listed(there)}")
    return np.fromiter((value in wanted for value in columns[name]), bool, len(columns[name]))


def _listed(values: Collection[Value]) -> str:
    shown = [str(value)[:60] for value in values][:SHOWN]
    return ", ".join(sorted(shown)) + (", …" if len(values) > SHOWN else "")
