"""Only some photos are asked: those of a class, an answer, a strategy, a flag, or a value in a visitor's own table."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import streamlit as st

from concepts.lexicon.collections import Collection, Column, Joined, photos_with
from concepts.lexicon.collections.known import answer_column, newest_joined, strategy_column
from concepts.numerics.counted import listed
from concepts.report import ClassReport
from concepts.report.names import Names
from pages.components.safe_text import plain
from pages.similarity.directions import reports_of
from pages.similarity.own_table import choose_table, table_columns
from pages.state.address import PhotoQuestion
from pages.state.collections import is_of_classes, lexicons_of
from pages.state.flags import flags_on
from pages.state.reports import report_key, stamp
from pages.state.selection import choose, sync_widget

if TYPE_CHECKING:
    import numpy as np

CLASS, ANSWER, STRATEGY, FLAG = "class", "answer", "strategy", "flag"
SHOWN = 3  # conditions that a message names
WAIT = "Reading what is known of the photos, once …"
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
    offered = set(conditions(columns))
    for column, value in wanted(asked):
        if (column, value) in offered:
            chosen.setdefault(column, []).append(value)
    return photos_with(columns, chosen) if chosen else None


def columns_of(collection: Collection) -> dict[str, Column]:
    """What is known of each photo: its class, its flag, the model's answer where the pass has stored it or a report
    has it, the strategy where a report is of these photos, and what a visitor's table says. A column of the table that
    is called like one of these comes after it."""
    flags = Column.of_some(len(collection), flags_on(collection))
    columns = {CLASS: _classes(*_key(collection), collection), FLAG: flags} | _of_model(collection)
    own = table_columns(collection).items()
    return columns | {f"{name} (table)" if name in columns else name: column for name, column in own}


def conditions(columns: Mapping[str, Column]) -> list[Condition]:
    """The values of each column that tells photos apart, but for those that an address could not hold."""
    found = {name: set(column.values) for name, column in columns.items()}
    apart = {name: values for name, values in found.items() if len(values) > 1}
    return [(name, v) for name, values in apart.items() for v in sorted(filter(None, values)) if "|" not in v]


def wanted(asked: PhotoQuestion) -> list[Condition]:
    """The conditions in the address."""
    pairs = (part.partition(":") for part in (asked.only or "").split("|"))
    return [(column, value) for column, _, value in pairs if value]


def _key(collection: Collection) -> tuple[str, int]:
    return str(collection.folder), stamp(collection.folder)


@st.cache_resource(max_entries=8, show_spinner=WAIT)
def _classes(folder: str, stamp: int, _collection: Collection) -> Column:
    return Column.of(_collection.labels)


def _of_model(collection: Collection) -> dict[str, Column]:
    """The columns of answers and of strategies, where they are known."""
    reports = list(reports_of(collection).values())  # the newest first
    joined = _join(*_key(collection), tuple(map(report_key, reports)), collection, reports)
    found: dict[str, Column] = {}
    try:
        answers = _answers(*_key(collection), None if joined is None else report_key(joined.report), collection, joined)
    except ValueError:  # the tokens are gone: what is asked of them says so
        answers = None
    if answers is not None:
        found[ANSWER] = answers
    if joined is not None:
        names = next(each.names for each in reports if report_key(each) == report_key(joined.report))  # those of now
        named = tuple(sorted(names.strategies.items()))
        found[STRATEGY] = _strategies(*_key(collection), report_key(joined.report), named, collection, joined, names)
    return found


@st.cache_resource(max_entries=16, show_spinner=False)
def _join(
    folder: str, stamp: int, keys: tuple[tuple[str, int], ...], _collection: Collection, _reports: list[ClassReport]
) -> Joined | None:
    return newest_joined(_collection, _reports)


@st.cache_resource(max_entries=16, show_spinner=WAIT)
def _answers(
    folder: str, stamp: int, report: tuple[str, int] | None, _collection: Collection, _joined: Joined | None
) -> Column | None:
    words = next((each.words for each in lexicons_of(_collection).values() if is_of_classes(each)), ())
    return answer_column(_collection, words, _joined)


@st.cache_resource(max_entries=16, show_spinner=False)
def _strategies(
    folder: str, stamp: int, report: tuple[str, int], named: tuple[tuple[int, str], ...], _collection: Collection,
    _joined: Joined, _names: Names,
) -> Column:  # fmt: skip
    return strategy_column(_collection, _joined, _names)
