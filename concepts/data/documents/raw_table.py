"""A table as it was read, before its columns have a meaning."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from concepts.data.dataset import Skipped
from concepts.data.texts import one_line

SHOWN = 60  # characters of a column's name
MOST_SKIPPED = 1_000  # rows that are named one by one


@dataclass(frozen=True, eq=False)
class RawTable:
    """n rows by columns: `columns[j]` has the n cells of the column names[j].

    title: the table in messages. numbers: (n,) the number of each row in the file, counted from 1 without the header.
    is_named: False where no line names the columns, which are then called "column 1", "column 2". skipped: rows left
    out so far. classes: for a column of numbers of classes, the names of all classes in order, where the file has them.
    """

    title: str
    names: tuple[str, ...]
    columns: tuple[Sequence[object], ...]
    numbers: Sequence[int]
    is_named: bool = True
    skipped: tuple[Skipped, ...] = ()
    classes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def column(self, name: str) -> Sequence[object]:
        """The cells of the column of this name."""
        return self.columns[self.names.index(name)]


def checked_names(names: Sequence[object], title: str, most: int) -> tuple[str, ...]:
    """The names of columns in one line each; one without a name is called by its place.

    Raises ValueError where two are equal, and for more than `most`.
    """
    if len(names) > most:
        raise ValueError(f"{title} has {len(names):,} columns: at most {most:,} are read")
    found = tuple(one_line(name, SHOWN) if str(name).strip() else f"column {j}" for j, name in enumerate(names, 1))
    if twice := next((name for name in found if found.count(name) > 1), None):
        raise ValueError(f"{title} has two columns that are called {twice!r}: rename one")
    return found


def row_name(number: int) -> str:
    """What a row is called that has no name of its own; numbers count from 1, without the header."""
    return f"row {number}"


def listed(skipped: Sequence[Skipped]) -> tuple[Skipped, ...]:
    """The first 1,000 of the rows left out, and one line for all others."""
    more = len(skipped) - MOST_SKIPPED
    rest = [Skipped("more rows", f"{more:,} others are left out, too")] if more > 0 else []
    return (*skipped[:MOST_SKIPPED], *rest)
