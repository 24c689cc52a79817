"""The tidy table of an evaluation: one figure a row."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from concepts.laboratory.measure import LOWER
from concepts.laboratory.measures import MEASURES
from concepts.store import write_json

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Row:
    """One figure. importance: "" for what a dictionary alone gives. low, high: 95% interval.

    seed: of the fit; None for what is measured over several fits. control: what chance gives.
    """

    method: str
    n_concepts: int
    seed: int | None
    importance: str
    measure: str
    value: float | None
    low: float | None = None
    high: float | None = None
    control: float | None = None
    note: str = ""

    @property
    def better(self) -> str:
        return MEASURES[self.measure].better

    @property
    def worse_than_chance(self) -> bool:
        """Is the figure no better than its control?"""
        if self.value is None or self.control is None:
            return False
        return self.value >= self.control if self.better == LOWER else self.value <= self.control


def records(rows: Iterable[Row]) -> list[dict[str, Any]]:
    """The rows as JSON values, with the direction that is better and whether chance does as well."""
    return [asdict(row) | {"better": row.better, "worse_than_chance": row.worse_than_chance} for row in rows]


def frame(rows: Iterable[Row]) -> "pd.DataFrame":
    """`records` as a data frame."""
    import pandas as pd

    table = pd.DataFrame(records(rows), columns=[*Row.__dataclass_fields__, "better", "worse_than_chance"])
    numbers = dict.fromkeys(("value", "low", "high", "control"), "float64")
    return table.astype({"seed": "Int64", **numbers})


def write_tables(rows: list[Row], folder: Path) -> None:
    """table.csv, table.parquet and table.json in the folder: the same rows."""
    table = frame(rows)
    table.to_csv(folder / "table.csv", index=False)
    table.to_parquet(folder / "table.parquet", index=False)
    write_json(folder / "table.json", records(rows))  # pandas would round


def means(rows: Iterable[Row], measure: str) -> dict[tuple[str, int, str], Row]:
    """(method, n_concepts, importance) → the mean over seeds of a measure; the interval is the widest of the seeds'."""
    groups: dict[tuple[str, int, str], list[Row]] = {}
    for row in rows:
        if row.measure == measure and row.value is not None:
            groups.setdefault((row.method, row.n_concepts, row.importance), []).append(row)
    return {key: _mean(members) for key, members in groups.items()}


def _mean(rows: list[Row]) -> Row:
    def over(name: str, combine: Any) -> float | None:
        values = [value for row in rows if (value := getattr(row, name)) is not None]
        return float(combine(values)) if values else None

    first = rows[0]
    return Row(
        first.method, first.n_concepts, None, first.importance, first.measure,
        over("value", _average), over("low", min), over("high", max), over("control", _average), first.note,
    )  # fmt: skip


def _average(values: list[float]) -> float:
    return sum(values) / len(values)
