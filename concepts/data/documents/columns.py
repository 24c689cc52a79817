"""Which column of a table holds the texts, which their labels, which their names."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from concepts.data.documents.column_names import IDS, LABELS, TEXTS, plain_name
from concepts.data.documents.raw_table import RawTable

LOOKED_AT = 10_000  # rows in which the kind of a column is looked for
FEWEST_REPEATS = 2  # times that a label of a table without names of columns occurs on average
LISTED = 12  # names of columns in a message


@dataclass(frozen=True)
class Columns:
    """The names of a table's columns by what they hold: texts, labels, names of texts (None for none), all others."""

    text: str
    label: str | None = None
    id: str | None = None
    others: tuple[str, ...] = ()


@dataclass(frozen=True)
class Asked:
    """The columns as the user names them; None for those to be found, "" for none."""

    text: str | None = None
    label: str | None = None
    id: str | None = None


def columns_of(table: RawTable, asked: Asked) -> Columns:
    """The columns by the names that were given, else by the names that they usually have.

    Texts: the column called text, else the only one with another usual name, else the only one of texts (not of numbers
    or dates) beside labels and ids. Labels: the column called label, else the only one with another usual name, or with
    "label" or "class" in it. Ids: the first with a usual name whose cells are all different.
    In a table without names of columns, the only column of cells that recur holds the labels, as long as there is one
    other column of texts.
    Raises ValueError, one line with all columns and the option to give, where a column is missing or several fit.
    """
    asked = _resolved(table, asked)
    label = _label(table, asked)
    text = _text(table, asked, label)
    name = _id(table, asked, {text, label})
    if len({text, label, name} - {None}) < sum(each is not None for each in (text, label, name)):
        raise ValueError(f"{table.title}: one column cannot be two of text, label and id: {_all(table)}")
    return Columns(text, label, name, tuple(each for each in table.names if each not in (text, label, name)))


def _resolved(table: RawTable, asked: Asked) -> Asked:
    """The names that were given, as the table writes them."""
    text = None if asked.text is None else _found(table, asked.text, "text")
    label, name = (each and _found(table, each, what) for each, what in ((asked.label, "label"), (asked.id, "id")))
    return Asked(text, label, name)


def _text(table: RawTable, asked: Asked, label: str | None) -> str:
    if asked.text is not None:
        return asked.text
    others = [name for name in table.names if name not in (label, asked.id)]
    if (exact := _exact(others, "text")) is not None:
        return exact
    named = _called(others, TEXTS)
    fits = named or [name for name in others if not _called([name], IDS | LABELS) and _is_text(table.column(name))]
    if len(fits) != 1:
        several = f"the texts may be in {_listed(fits)}" if fits else f"no column of texts is among {_all(table)}"
        raise ValueError(f"{table.title}: {several}: say which (--text-column)")
    return fits[0]


def _label(table: RawTable, asked: Asked) -> str | None:
    if asked.label is not None:
        return asked.label or None
    others = [name for name in table.names if name not in (asked.text, asked.id)]
    if not table.is_named:
        return _recurring(table, others)
    if (exact := _exact(others, "label")) is not None:
        return exact
    near = [name for name in others if any(part in plain_name(name) for part in ("label", "class"))]
    fits = _called(others, LABELS) or near
    if len(fits) > 1:
        raise ValueError(f"{table.title}: the labels may be in {_listed(fits)}: say which (--label-column)")
    return fits[0] if fits else None


def _id(table: RawTable, asked: Asked, taken: Collection[str | None]) -> str | None:
    if asked.id is not None:
        return asked.id or None
    called = _called([name for name in table.names if name not in taken], IDS)
    return next((name for name in called if _all_different(table.column(name))), None)


def _found(table: RawTable, name: str, what: str) -> str:
    fits = [each for each in table.names if each == name] or _called(table.names, {plain_name(name)})
    if len(fits) != 1:
        raise ValueError(f"{table.title} has no column {name!r}, but {_all(table)}: correct --{what}-column")
    return fits[0]


def _exact(names: Sequence[str], name: str) -> str | None:
    fits = _called(names, {name})
    return fits[0] if len(fits) == 1 else None


def _called(names: Sequence[str], usual: Collection[str]) -> list[str]:
    return [name for name in names if plain_name(name) in usual]


def _recurring(table: RawTable, names: Sequence[str]) -> str | None:
    """The only column whose cells recur, where there is one that holds texts beside it."""
    fits = [name for name in names if _recurs(table.column(name))]
    texts = [name for name in names if name not in fits and _is_text(table.column(name))]
    return fits[0] if len(fits) == 1 and len(texts) == 1 else None


def _recurs(cells: Sequence[object]) -> bool:
    known = [cell for cell in cells[:LOOKED_AT] if cell not in (None, "")]
    return len(known) >= FEWEST_REPEATS * len(set(map(str, known))) > 0


def _is_text(cells: Sequence[object]) -> bool:
    """Whether any cell is a text that is neither a number nor a date."""
    return any(isinstance(cell, str) and cell.strip() and not _is_value(cell.strip()) for cell in cells[:LOOKED_AT])


def _is_value(cell: str) -> bool:
    for read in (float, datetime.fromisoformat):
        try:
            read(cell)
        except ValueError:
            continue
        return True
    return False


def _all_different(cells: Sequence[object]) -> bool:
    return None not in cells and "" not in cells and len(set(map(str, cells))) == len(cells)


def _listed(names: Sequence[str]) -> str:
    return " or ".join(map(repr, names))


def _all(table: RawTable) -> str:
    more = f" and {len(table.names) - LISTED} more" if len(table.names) > LISTED else ""
    return ", ".join(map(repr, table.names[:LISTED])) + more
