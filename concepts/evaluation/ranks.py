"""Rank tables of an evaluation: the rank of each method by each measure, with the figures."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from concepts.evaluation.measure import DICTIONARY, IMPORTANCE, LOWER
from concepts.evaluation.measures import MEASURES, ranked
from concepts.evaluation.table import Row, means
from concepts.numerics.written import written

ROUNDING, FINEST = 1e-12, 1e-6  # what counts as 0; the smallest figure that is written out


@dataclass(frozen=True)
class RankTable:
    """names (r,), measures (c,), values (r, c) and ranks (r, c): 1 is the best of its column; NaN where there is none.

    texts: each figure as displayed; details: with interval, control and meaning. chance: (r, c) bool, no better
    than its random control.
    """

    names: tuple[str, ...]
    measures: tuple[str, ...]
    values: np.ndarray
    ranks: np.ndarray
    texts: tuple[tuple[str, ...], ...]
    details: tuple[tuple[str, ...], ...]
    chance: np.ndarray

    @property
    def strengths(self) -> np.ndarray:
        """(r, c) in [0, 1]: see `strengths`."""
        return strengths(self.ranks)


def strengths(ranks: np.ndarray) -> np.ndarray:
    """(r, c) in [0, 1]: 1 for the best of a column, 0 for its last; all 1 where all are equal; NaN stays."""
    last = np.array([column[~np.isnan(column)].max(initial=1.0) for column in ranks.T])
    return np.where(last > 1, (last - ranks) / np.maximum(last - 1, 1), np.where(np.isnan(ranks), np.nan, 1.0))


def dictionary_rank_table(rows: Sequence[Row]) -> RankTable:
    """One row per method and number of concepts; figures are means over seeds."""
    names = list(dict.fromkeys((row.method, row.n_concepts) for row in rows))
    cells = {measure: means([row for row in rows if not row.importance], measure) for measure in ranked(DICTIONARY)}
    return _table(
        [f"{method}, {k}" for method, k in names],
        {m: [found.get((*name, "")) for name in names] for m, found in cells.items()},
    )


def importance_rank_table(rows: Sequence[Row], method: str, n_concepts: int) -> RankTable:
    """One row per importance on one kind of dictionary; figures are means over seeds."""
    own = [row for row in rows if row.importance and (row.method, row.n_concepts) == (method, n_concepts)]
    names = list(dict.fromkeys(row.importance for row in own))
    cells = {measure: means(own, measure) for measure in ranked(IMPORTANCE)}
    return _table(names, {m: [found.get((method, n_concepts, name)) for name in names] for m, found in cells.items()})


def _table(names: Sequence[str], cells: dict[str, list[Row | None]]) -> RankTable:
    cells = {measure: column for measure, column in cells.items() if any(row is not None for row in column)}
    lines = [tuple(column[r] for column in cells.values()) for r in range(len(names))]
    shape = len(names), len(cells)
    values = np.array([[_value(row) for row in line] for line in lines], dtype=float).reshape(shape)
    ranks = np.empty(shape)
    for c, measure in enumerate(cells):
        ranks[:, c] = _rank(values[:, c], MEASURES[measure].better)
    return RankTable(
        tuple(names), tuple(cells), values, ranks,
        tuple(tuple(short(row) for row in line) for line in lines),
        tuple(tuple(detail(row) for row in line) for line in lines),
        np.array([[row is not None and row.worse_than_chance for row in line] for line in lines], bool).reshape(shape),
    )  # fmt: skip


def _value(row: Row | None) -> float:
    return float("nan") if row is None or row.value is None else row.value


def _rank(values: np.ndarray, better: str) -> np.ndarray:
    """1 for the best; ties share the better rank; NaN stays."""
    keyed = values if better == LOWER else -values
    return np.array([np.nan if np.isnan(v) else 1 + (keyed < v - ROUNDING * abs(v)).sum() for v in keyed])


def short(row: Row | None) -> str:
    """The figure in three digits; values that differ from 0 only by rounding are 0."""
    if row is None or row.value is None:
        return "–"
    return written(row.value if abs(row.value) > ROUNDING else 0, 3, smallest=FINEST)


def detail(row: Row | None) -> str:
    """The figure with its interval, its control, and a note where chance does as well."""
    if row is None or row.value is None:
        return "not measured"
    text = _fine(row.value)
    if row.low is not None and row.high is not None:
        text += f" (95% interval {_fine(row.low)} to {_fine(row.high)})"
    if row.control is not None:
        text += f", chance gives {_fine(row.control)}"
    return text + (": no better than chance" if row.worse_than_chance else "") + (f"; {row.note}" if row.note else "")


def _fine(value: float) -> str:
    return written(value, 4, smallest=FINEST)
