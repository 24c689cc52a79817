"""Tables with a delimiter between cells: CSV and TSV."""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock

from concepts.data.dataset import Skipped
from concepts.data.documents.column_names import KNOWN, plain_name
from concepts.data.documents.limits import TextLimits, check_number
from concepts.data.documents.raw_table import RawTable, checked_names, listed, row_name

_LIMIT = Lock()
MOST_CELL = 2**24  # characters of a cell, on which Python's reader of CSV stops
QUOTED = re.compile(r'"((?:[^"]|"")*)"')
LINE_ENDS = re.compile(r"\r\n|\n|\r")
LONGEST_NAME, MOST_WORDS = 40, 4  # of a column's name, in characters and words
LOOKED_AT = 10_000  # rows in which a cell of the first line is looked for

Row = tuple[int, list[str]]  # the line on which it starts, counted from 1, and its cells


@dataclass(frozen=True)
class Layout:
    """How a table is written. header: whether its first line names the columns, None where that is to be found out."""

    delimiter: str
    header: bool | None


def read_delimited(text: str, title: str, layout: Layout, limits: TextLimits) -> RawTable:
    """The rows of a table whose cells stand between delimiters.

    A table with tabs and equally many of them in every line has a row a line; there, a cell is unquoted where it stands
    in quotes as a whole and those inside are doubled. All others are read by the rules of CSV, strictly. The first line
    names columns where layout.header says so; where it is None, where it has one of the usual names, or where all its
    cells are short words, no numbers, and none occurs again below. Rows with more or fewer cells than the first line
    are left out and named.

    Raises ValueError, one line, for a quote that never closes or ends inside a cell, for a cell over 16,777,216
    characters, and where most rows have another number of cells.
    """
    rows = _checked(_rows(text, title, layout.delimiter), title, limits)
    if not rows:
        raise ValueError(f"{title} is empty: give one text a row")
    is_named = _is_header(rows) if layout.header is None else layout.header
    width = len(rows[0][1])
    names = checked_names(rows[0][1] if is_named else [""] * width, title, limits.max_columns)
    kept, skipped = _even(list(enumerate(rows[is_named:], 1)), width)
    if len(skipped) > len(kept):
        raise ValueError(f"{title} is no readable table: {skipped[0].name} has {skipped[0].reason}; quote its cells")
    columns = tuple(zip(*(cells for _, cells in kept), strict=True)) or tuple(() for _ in names)
    return RawTable(title, names, columns, [number for number, _ in kept], is_named, listed(skipped))


def delimiter_in(text: str, suffix: str) -> str:
    """What stands between the cells: a tab in .tsv, else the most frequent of , ; and tab in the first line."""
    first = LINE_ENDS.split(text[:MOST_CELL], maxsplit=1)[0]
    return "\t" if suffix == ".tsv" else max(",;\t", key=first.count)


def _checked(rows: Iterator[Row], title: str, limits: TextLimits) -> list[Row]:
    """The rows that are not blank. Raises ValueError beyond the limit."""
    kept: list[Row] = []
    for row in rows:
        if any(map(str.strip, row[1])):
            kept.append(row)
            check_number(len(kept) - 1, title, limits)
    return kept


def _rows(text: str, title: str, delimiter: str) -> Iterator[Row]:
    if delimiter == "\t" and (lines := _even_lines(text)) is not None:
        return ((number, [_unquoted(cell) for cell in line.split("\t")]) for number, line in enumerate(lines, 1))
    return _by_rules(text, title, delimiter)


def _even_lines(text: str) -> list[str] | None:
    """The lines, where all that are not blank have equally many tabs; else None."""
    lines = LINE_ENDS.split(text)
    return lines if len({line.count("\t") for line in lines if line.strip()}) == 1 else None


def _unquoted(cell: str) -> str:
    """The cell without its quotes, where it stands in quotes as a whole and those inside are doubled."""
    found = QUOTED.fullmatch(cell) if cell.startswith('"') else None
    return cell if found is None else found[1].replace('""', '"')


@contextmanager
def _long_cells() -> Iterator[None]:
    """Allows cells of `MOST_CELL` characters: the limit is the process's own, and other readers rely on theirs."""
    with _LIMIT:
        before = csv.field_size_limit(MOST_CELL)
        try:
            yield
        finally:
            csv.field_size_limit(before)


def _by_rules(text: str, title: str, delimiter: str) -> Iterator[Row]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    start = 1
    try:
        with _long_cells():
            rows = []
            for cells in reader:
                rows.append((start, cells))
                start = reader.line_num + 1
        yield from rows
    except csv.Error as error:
        where = f"in the row from line {start:,} on"
        raise ValueError(f"{title} is no readable table: {where}, {_reason(error)}") from error


def _reason(error: csv.Error) -> str:
    said = str(error)
    if "unexpected end" in said:
        return 'a quote (") never closes: double the quotes inside cells'
    if "expected after" in said:
        return 'a quote (") ends inside a cell: double the quotes inside cells'
    if "field larger" in said:
        return f"a cell has more than {MOST_CELL:,} characters, or a quote never closes"
    return said


def _is_header(rows: Sequence[Row]) -> bool:
    first = [cell.strip() for cell in rows[0][1]]
    if any(plain_name(cell) in KNOWN for cell in first):
        return True
    below = {cell.strip() for _, cells in rows[1 : 1 + LOOKED_AT] for cell in cells}
    return len(rows) > 1 and all(_is_name(cell) and cell not in below for cell in first)


def _is_name(cell: str) -> bool:
    return (
        0 < len(cell) <= LONGEST_NAME
        and len(cell.split()) <= MOST_WORDS
        and cell[0].isalpha()
        and cell[-1] not in ".!?。！？"
    )


def _even(rows: Sequence[tuple[int, Row]], width: int) -> tuple[list[tuple[int, list[str]]], list[Skipped]]:
    """The rows with so many cells, with their numbers, and the others."""
    kept: list[tuple[int, list[str]]] = []
    skipped: list[Skipped] = []
    for number, (line, cells) in rows:
        if len(cells) == width:
            kept.append((number, cells))
        else:
            reason = f"{len(cells)} cells (line {line:,}), where the first line has {width}"
            skipped.append(Skipped(row_name(number), reason))
    return kept, skipped
