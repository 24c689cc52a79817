"""Lists of photo files, with or without a label a line: .txt, .csv, .tsv."""

import csv
import io
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from concepts.data.images.names import PICTURE_SUFFIXES, is_picture
from concepts.data.texts import text_in

SUFFIXES = (".txt", ".csv", ".tsv")
PATH_COLUMNS = (
    "path", "file", "filename", "file_name", "filepath", "file_path", "image_path", "image_file", "image", "img_path",
    "img", "photo", "picture", "image_id", "name",
)  # fmt: skip
LABEL_COLUMNS = (
    "label", "class", "class_name", "classname", "label_name", "category", "target", "wnid", "synset", "class_id",
    "class_index", "label_id", "label_index", "index",
)  # fmt: skip
LABELLED = re.compile(
    rf"""(?P<file>.*?({"|".join(map(re.escape, sorted(PICTURE_SUFFIXES)))}))["']?(\s*[,;\t]\s*|\s+)(?P<class>.+)""",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Listed:
    """A line of a list: a file, and its label, None without one."""

    file: Path
    label: str | None


def read_listing(listing: Path) -> list[Listed]:
    """The files that a list names, relative to its own folder, with their labels; blank lines are ignored.

    .txt: a path a line, or a path and a label behind a space, tab, comma or semicolon; a line that as a whole is an
    existing file has no label. .csv, .tsv: the columns that the first line names (path, file, image …; label, class,
    target …), or, without names, the first column with pictures and the next one. Paths may be quoted, and written as
    in Windows; the file may be UTF-8 or UTF-16. Raises OSError, and ValueError for a table without paths.
    """
    text = _decoded(listing.read_bytes())
    if listing.suffix.lower() == ".txt":
        return [_from_line(line.strip(), listing.parent) for line in text.split("\n") if line.strip()]
    return list(_from_table(_rows(text, listing), listing))


def _decoded(data: bytes) -> str:
    """The text; bytes of other encodings are kept as they are, as in file names."""
    text = text_in(data)
    return data.decode("utf-8-sig", "surrogateescape") if text is None else text


def _from_line(line: str, folder: Path) -> Listed:
    whole = _file(line, folder)
    if os.path.isfile(whole):
        return Listed(whole, None)
    if (quoted := re.fullmatch(r"""(["'])(?P<file>.+?)\1[\s,;]*(?P<class>.*)""", line)) is not None:
        return Listed(_file(quoted["file"], folder), quoted["class"].strip("\"'") or None)
    if (labelled := LABELLED.fullmatch(line)) is not None:
        return Listed(_file(labelled["file"].strip("\"'"), folder), labelled["class"].strip("\"'"))
    return Listed(whole, None)


def _file(path: str, folder: Path) -> Path:
    """The listed file; a path with backslashes is one of Windows, unless a file has that very name."""
    file = folder / path
    return file if "\\" not in path or os.path.exists(file) else folder / path.replace("\\", "/")


def _rows(text: str, listing: Path) -> list[list[str]]:
    """The rows of a table that are not blank."""
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter_of(listing, text)))
    except csv.Error as error:
        raise ValueError(f"{str(listing)!r} is no readable table ({error}): write one photo a line") from error
    return [[cell.strip() for cell in row] for row in rows if any(map(str.strip, row))]


def delimiter_of(listing: Path, text: str) -> str:
    """What stands between the columns of a table: a tab in .tsv, else the most frequent of , ; and tab in line 1."""
    first = text.split("\n", 1)[0]
    return "\t" if listing.suffix.lower() == ".tsv" else max(",;\t", key=first.count)


def _from_table(rows: list[list[str]], listing: Path) -> Iterator[Listed]:
    if not rows:
        return
    header = [cell.casefold().replace(" ", "_") for cell in rows[0]]
    titled = not any(_is_path(cell, listing.parent) for cell in rows[0])
    body = rows[titled:]
    path = _path_column(header if titled else [], body, listing)
    label = label_column(header, path) if titled else path + 1
    for row in body:
        if path < len(row) and row[path]:
            yield Listed(_file(row[path], listing.parent), row[label] or None if 0 <= label < len(row) else None)


def _path_column(header: Sequence[str], body: list[list[str]], listing: Path) -> int:
    """The column of paths: by its name, else the first whose first cell is one. Raises ValueError where none is."""
    named = [header.index(name) for name in PATH_COLUMNS if name in header]
    seen = [column for column, cell in enumerate(body[0]) if _is_path(cell, listing.parent)] if body else []
    columns = [column for column in named if column in seen] + seen + named
    if not columns:
        raise ValueError(
            f"{str(listing)!r} has no column of photo files: name it path, file or image in the first line, one photo "
            "a line, relative to its folder"
        )
    return columns[0]


def label_column(header: Sequence[str], path: int) -> int:
    """The column of labels by its name, else the first whose name speaks of labels or classes; −1 without one.

    path: the column of the photos, which is never taken.
    """
    exact = [header.index(name) for name in LABEL_COLUMNS if name in header]
    near = [column for column, name in enumerate(header) if "label" in name or "class" in name]
    return next((column for column in [*exact, *near] if column != path), -1)


def _is_path(cell: str, folder: Path) -> bool:
    return is_picture(cell) or (bool(cell) and os.path.isfile(_file(cell, folder)))
