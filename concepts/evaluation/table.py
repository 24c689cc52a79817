"""The tidy table of an evaluation: one figure per row."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from concepts.evaluation.measure import LOWER
from concepts.evaluation.measures import MEASURES
from concepts.storage.csv_cells import csv_text
from concepts.storage.store import write_json
from concepts.storage.typed_json import Count, Finite, read_typed, to_json

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Row:
    """One figure. importance: "" for a measure of the dictionary alone. low, high: 95% interval.

    seed: of the fit; None for a measure over several fits. control: the chance level.
    Raises ValueError for an unknown measure.
    """

    method: str
    n_concepts: Count
    seed: Count | None
    importance: str
    measure: str
    value: Finite | None
    low: Finite | None = None
    high: Finite | None = None
    control: Finite | None = None
    note: str = ""

    def __post_init__(self) -> None:
        if self.measure not in MEASURES:
            raise ValueError(f"measure is {self.measure!r}: choose one of {', '.join(MEASURES)}")

    @property
    def better(self) -> str:
        return MEASURES[self.measure].better

    @property
    def worse_than_chance(self) -> bool:
        """True where the figure is no better than its control."""
        if self.value is None or self.control is None:
            return False
        return self.value >= self.control if self.better == LOWER else self.value <= self.control


COLUMNS = (*Row.__dataclass_fields__, "better", "worse_than_chance")


def records(rows: Iterable[Row]) -> list[dict[str, object]]:
    """The rows as JSON values under the names of `COLUMNS`: with the better direction and whether chance is as good."""
    return [{name: getattr(row, name) for name in COLUMNS} for row in rows]


def frame(rows: Iterable[Row]) -> "pd.DataFrame":
    """`records` as a data frame."""
    import pandas as pd

    table = pd.DataFrame(records(rows), columns=COLUMNS)
    numbers = dict.fromkeys(("value", "low", "high", "control"), "float64")
    return table.astype({"seed": "Int64", **numbers})


def write_tables(rows: list[Row], folder: Path) -> None:
    """Write the same rows as table.csv, table.parquet and table.json into the folder."""
    table = frame(rows)
    frame(map(_for_spreadsheets, rows)).to_csv(folder / "table.csv", index=False)
    table.to_parquet(folder / "table.parquet", index=False)
    write_json(folder / "table.json", records(rows))  # pandas would round


def _for_spreadsheets(row: Row) -> Row:
    """The row with texts that cannot start a formula."""
    return replace(row, method=csv_text(row.method), importance=csv_text(row.importance), note=csv_text(row.note))


def write_rows(path: Path, rows: Iterable[Row]) -> None:
    """Write the rows alone to a JSON file."""
    write_json(path, [to_json(row) for row in rows])


def read_rows(path: Path) -> list[Row]:
    """The rows that `write_rows` wrote. Raises ValueError, naming the file and the field, for a damaged file."""
    return list(read_typed(tuple[Row, ...], path))


def means(rows: Iterable[Row], measure: str) -> dict[tuple[str, int, str], Row]:
    """(method, n_concepts, importance) → the mean over seeds of a measure; the interval is the widest of the seeds'."""
    groups: dict[tuple[str, int, str], list[Row]] = {}
    for row in rows:
        if row.measure == measure and row.value is not None:
            groups.setdefault((row.method, row.n_concepts, row.importance), []).append(row)
    return {key: _mean(members) for key, members in groups.items()}


def _mean(rows: list[Row]) -> Row:
    def over(name: str, combine: Callable[[list[float]], float]) -> float | None:
        values = [value for row in rows if (value := getattr(row, name)) is not None]
        return float(combine(values)) if values else None

    first = rows[0]
    return Row(
        first.method, first.n_concepts, None, first.importance, first.measure,
        over("value", _average), over("low", min), over("high", max), over("control", _average), first.note,
    )  # fmt: skip


def _average(values: list[float]) -> float:
    return sum(values) / len(values)
