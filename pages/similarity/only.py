"""Only some photos are asked: those of a class, an answer, a strategy, a flag, or a value in a visitor's own table."""

from typing import TYPE_CHECKING

import streamlit as st

from concepts.lexicon.collections import Collection
from concepts.numerics.counted import listed
from concepts.report import ClassReport
from concepts.token_search import chosen_items
from pages.components.safe_text import plain
from pages.similarity.directions import reports_of
from pages.similarity.own_table import choose_table, table_columns
from pages.state.address import PhotoQuestion
from pages.state.flags import flags_on
from pages.state.selection import choose, sync_widget

if TYPE_CHECKING:
    import numpy as np

CLASS, ANSWER, STRATEGY, FLAG = "class", "answer", "strategy", "flag"
SHOWN = 3  # conditions that a message names
Condition = tuple[str, str]  # a column and one of its values


def choose_only(collection: Collection, asked: PhotoQuestion) -> None:
    """Shows the conditions that photos can be asked by; what is chosen stands in the address."""
    choose_table(collection)
    offered = conditions(columns_of(collection))
    if unknown := [": ".join(each) for each in wanted(asked) if each not in offered]:
        st.warning(plain(f"Not asked for, since no photo has it: {listed(unknown, SHOWN)}"))
    if not offered:
        return
    sync_widget("only", [each for each in wanted(asked) if each in offered])
    st.multiselect(
        "Ask only photos of", offered, key="only", format_func=": ".join, placeholder="all photos",
        help="Values of one kind are alternatives; of different kinds, all must hold.",
        on_change=lambda: choose(only="|".join(map(":".join, st.session_state["only"])) or None),
    )  # fmt: skip


def asked_items(collection: Collection, asked: PhotoQuestion) -> "np.ndarray | None":
    """(n,) bool: the photos that are asked; None for all. Raises ValueError where no photo is left."""
    chosen: dict[str, list[str]] = {}
    columns = columns_of(collection)
    offered = conditions(columns)
    for column, value in wanted(asked):
        if (column, value) in offered:
            chosen.setdefault(column, []).append(value)
    return chosen_items(columns, chosen) if chosen else None


def columns_of(collection: Collection) -> dict[str, list[str | None]]:
    """What is known of each photo: its class, its flag, what a visitor's table says, and the model's answer and the
    strategy where a report is of them. A column of the table that is called like one of these comes after it."""
    flags = flags_on(collection)
    columns: dict[str, list[str | None]] = {CLASS: list(collection.labels)}
    columns[FLAG] = [flags.get(row) for row in range(len(collection))]
    if (report := _report_of(collection)) is not None:
        columns[ANSWER] = [row.predicted for row in report.data.items]
        columns[STRATEGY] = [report.names.strategy(row.strategy) for row in report.data.items]
    own = table_columns(collection).items()
    return columns | {f"{name} (table)" if name in columns else name: texts for name, texts in own}


def conditions(columns: dict[str, list[str | None]]) -> list[Condition]:
    """The values of each column that tells photos apart, but for those that an address could not hold."""
    found = {name: set(values) for name, values in columns.items()}
    apart = {name: values for name, values in found.items() if len(values) > 1}
    return [(name, v) for name, values in apart.items() for v in sorted(filter(None, values)) if "|" not in v]


def wanted(asked: PhotoQuestion) -> list[Condition]:
    """The conditions in the address."""
    pairs = (part.partition(":") for part in (asked.only or "").split("|"))
    return [(column, value) for column, _, value in pairs if value]


def _report_of(collection: Collection) -> ClassReport | None:
    """The newest report on the collection's own photos."""
    reports = reports_of(collection).values()
    return next((each for each in reports if tuple(row.name for row in each.data.items) == collection.names), None)
