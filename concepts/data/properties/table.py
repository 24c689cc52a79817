"""A user's own table about photos: CSV, TSV or Parquet, one photo a row, found by the photos' file names."""

import io
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import numpy as np

from concepts.data.dataset import Skipped
from concepts.data.images.listing import delimiter_of
from concepts.data.properties.property import DATE, NUMBER, Kind, Property, category
from concepts.data.texts import one_line, text_in
from concepts.storage.reading import read_file

if TYPE_CHECKING:
    import pandas as pd

SUFFIXES = (".csv", ".tsv", ".parquet")
MOST_CATEGORIES = 20
SEVERAL = -1  # in place of a photo: several have this name
MOST_COLUMNS = 100
NANOSECONDS_A_DAY = 86_400 * 10**9
SHOWN = 60  # characters of a cell or a column's name in a message


@dataclass(frozen=True, eq=False)
class PhotoTable:
    """The columns of a table as properties of photos.

    names: of all photos, which the properties belong to in that order; matched: those that a row names. column: the
    one of file names. n_rows: of the table. unmatched: the names in rows that name no photo. left_out: columns that
    are no property, with the reasons.
    """

    source: str
    names: tuple[str, ...]
    matched: frozenset[str]
    column: str
    n_rows: int
    properties: tuple[Property, ...]
    unmatched: tuple[str, ...]
    left_out: tuple[Skipped, ...]

    def __contains__(self, name: str) -> bool:
        """True where a row names the photo of this name."""
        return name in self.matched

    def of(self, names: Sequence[str]) -> tuple[Property, ...]:
        """The properties of the photos of these names, in that order."""
        place = {name: i for i, name in enumerate(self.names)}
        rows = np.array([place.get(name, -1) for name in names], dtype=np.int64)
        return tuple(each.at(rows) for each in self.properties)


def open_table(path: str | Path, names: Sequence[str]) -> PhotoTable:
    """The table in a file, its rows matched to photos of these names.

    A row names a photo by its whole name, by that without its extension, by its file name, or by its file name without
    extension; the column of names is the one with most rows that do. Other columns are numbers, dates (ISO 8601 or as
    in EXIF), or at most 20 categories, told by their content; empty cells are not known.
    Raises ValueError, in one line, for other files, a table without such a column or with two that name equally many,
    a name that several photos have, and a photo that several rows name.
    """
    path = Path(path)
    frame = _frame(path)
    column, places = _matched(frame, names, path)
    rows = _row_of_each_photo(frame[column], places, names, path)
    found, left_out = column_properties(frame.drop(columns=column))
    matched = frozenset(name for name, row in zip(names, rows, strict=True) if row >= 0)
    unmatched = tuple(_cell(cell) for cell, place in zip(frame[column], places, strict=True) if place is None)
    return PhotoTable(
        path.name,
        tuple(names),
        matched,
        column,
        len(frame),
        tuple(each.at(rows) for each in found),
        unmatched,
        tuple(left_out),
    )


def own_table(
    source: str, names: Sequence[str], columns: Mapping[str, Sequence[str | None]], *, column: str = "row"
) -> PhotoTable:
    """The columns that a dataset has of its own, one value for each of its items; numbers, dates and categories are
    told as in `open_table`. column: the one of the items' names.

    Raises ValueError for more than 100 columns.
    """
    import pandas as pd

    if len(columns) > MOST_COLUMNS:
        raise ValueError(f"{source} has {len(columns)} columns of metadata: at most {MOST_COLUMNS}")
    found, left_out = column_properties(pd.DataFrame({k: list(v) for k, v in columns.items()}, dtype=object))
    every = frozenset(names)
    return PhotoTable(source, tuple(names), every, column, len(names), tuple(found), (), tuple(left_out))


def _frame(path: Path) -> "pd.DataFrame":
    """All cells as text, empty ones as None. Raises ValueError where the file cannot be read as a table."""
    import pandas as pd

    if path.suffix.lower() not in SUFFIXES:
        raise ValueError(f"the table {str(path)!r} is none of {', '.join(SUFFIXES)}: save it as one of these")
    try:
        data = read_file(path)
        frame = _parquet(data) if path.suffix.lower() == ".parquet" else _csv(data, path)
    except OSError as error:
        raise ValueError(f"the table {str(path)!r} cannot be read: {one_line(error.strerror or error)}") from error
    except (ValueError, TypeError, NotImplementedError, pd.errors.ParserError) as error:  # pyarrow's are among them
        raise ValueError(f"{str(path)!r} is no readable table: {one_line(error)}") from error
    if twice := frame.columns[frame.columns.duplicated()].tolist():
        raise ValueError(f"the table {str(path)!r} has two columns that are called {twice[0]}: rename one")
    if frame.empty or len(frame.columns) > MOST_COLUMNS:
        size = f"{len(frame)} rows and {len(frame.columns)} columns"
        raise ValueError(f"the table {str(path)!r} has {size}: give 1 row or more, and at most {MOST_COLUMNS} columns")
    return frame


def _csv(data: bytes, path: Path) -> "pd.DataFrame":
    import pandas as pd

    if (text := text_in(data)) is None:
        raise ValueError("it is neither UTF-8 nor UTF-16")
    frame = pd.read_csv(io.StringIO(text), sep=delimiter_of(path, text), dtype=str, index_col=False)
    return _as_text(frame)


def _parquet(data: bytes) -> "pd.DataFrame":
    import pyarrow.parquet as pq

    return _as_text(pq.read_table(io.BytesIO(data)).to_pandas(ignore_metadata=True))


def _as_text(frame: "pd.DataFrame") -> "pd.DataFrame":
    """Cells as stripped text, None where empty; columns by the texts of their names."""
    texts = frame.astype("string").apply(lambda column: column.str.strip()).astype(object)
    texts.columns = [one_line(name, SHOWN) for name in frame.columns]
    return texts.where(texts.notna() & (texts != ""), None)


def _matched(frame: "pd.DataFrame", names: Sequence[str], path: Path) -> tuple[str, list[int | None]]:
    """The column of names, and for each row its photo. Raises ValueError where no column, or two, name photos."""
    photos = _photos_by_key(names)
    found = {name: [_photo_of(cell, photos) for cell in frame[name]] for name in frame.columns}
    counts = {name: sum(place is not None for place in places) for name, places in found.items()}
    most = max(counts.values())
    best = [name for name, count in counts.items() if count == most]
    if most == 0:
        raise ValueError(
            f"no column of {str(path)!r} ({', '.join(map(str, frame.columns))}) names the photos: give one with their "
            f"file names, such as {one_line(names[0] if names else 'a.jpg', SHOWN)}"
        )
    if len(best) > 1:
        raise ValueError(f"the columns {' and '.join(best[:2])} of {str(path)!r} both name the photos: leave one out")
    if (shared := _shared(frame[best[0]], found[best[0]])) is not None:
        raise ValueError(f"{str(path)!r} names {shared}, as several photos are called: write their folders, too")
    return best[0], found[best[0]]


def _photos_by_key(names: Sequence[str]) -> list[dict[str, int]]:
    """Photos by whole name, name without extension, file name, file name without extension; −1 for a shared one."""
    keys: list[dict[str, int]] = [{}, {}, {}, {}]
    for i, name in enumerate(names):
        path = PurePosixPath(name)
        for known, key in zip(keys, (name, str(path.with_suffix("")), path.name, path.stem), strict=True):
            known[key] = SEVERAL if key in known else i
    return keys


def _photo_of(cell: str | None, photos: list[dict[str, int]]) -> int | None:
    """The photo that a cell names, by the most exact of the keys; −1 where it names several, None where none."""
    key = "" if cell is None else cell.replace("\\", "/").removeprefix("./")
    return next((known[key] for known in photos if key in known), None)


def _shared(cells: "pd.Series", places: list[int | None]) -> str | None:
    return next((_cell(cell) for cell, place in zip(cells, places, strict=True) if place == SEVERAL), None)


def _row_of_each_photo(cells: "pd.Series", places: list[int | None], names: Sequence[str], path: Path) -> np.ndarray:
    """(n,) the row of each photo, −1 without one. Raises ValueError where two rows name one photo."""
    rows_of: dict[int, list[int]] = defaultdict(list)
    for row, place in enumerate(places):
        if place is not None:
            rows_of[place].append(row)
    rows = np.full(len(names), -1, dtype=np.int64)
    for place, found in rows_of.items():
        if len(found) > 1:
            first, second = (f"{_cell(cells.iloc[row])} in row {row + 1}" for row in found[:2])
            raise ValueError(f"{str(path)!r} names one photo twice ({first}, {second}): leave one row")
        rows[place] = found[0]
    return rows


def column_properties(frame: "pd.DataFrame") -> tuple[list[Property], list[Skipped]]:
    """The columns as properties, one value a row, and those that are none."""
    found: list[Property] = []
    left_out: list[Skipped] = []
    for each in (_property(name, frame[name]) for name in frame.columns):
        if isinstance(each, Property):
            found.append(each)
        else:
            left_out.append(each)
    return found, left_out


def _property(name: str, column: "pd.Series") -> Property | Skipped:
    """The column as numbers, dates or categories."""
    known = column.dropna()
    if not len(known):
        return Skipped(name, "it is empty")
    for kind, values in _readings(column):
        if np.isfinite(values).sum() == len(known):
            return Property(name, kind, values)
    if (n := known.nunique()) > MOST_CATEGORIES:
        return Skipped(name, f"{n:,} different texts: at most {MOST_CATEGORIES} are categories")
    return category(name, [None if cell is None else one_line(cell, SHOWN) for cell in column])


def _readings(column: "pd.Series") -> Iterator[tuple[Kind, np.ndarray]]:
    """The column as numbers and as dates, NaN where a cell is none."""
    import pandas as pd

    yield NUMBER, pd.to_numeric(column, errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
    plain = column.str.replace(r"^(\d{4}):(\d\d):(\d\d)", r"\1-\2-\3", regex=True)  # EXIF's
    dates = pd.to_datetime(plain, errors="coerce", format="ISO8601", utc=True).to_numpy(dtype="datetime64[ns]")
    yield DATE, np.where(np.isnat(dates), np.nan, dates.astype(np.int64) / NANOSECONDS_A_DAY)


def _cell(cell: object) -> str:
    return "an empty name" if cell is None else one_line(cell, SHOWN)
