"""open_texts: texts from a table, a folder, a zip, a file with one a line, or a list in Python."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from concepts.data.dataset import Skipped
from concepts.data.documents.columns import Asked
from concepts.data.documents.delimited import Layout, delimiter_in, read_delimited
from concepts.data.documents.encoding import decoded
from concepts.data.documents.files import TABLES, TEXT, TextFiles, files_in_folder, files_in_zip
from concepts.data.documents.from_files import texts_of_files, texts_of_lines
from concepts.data.documents.from_table import texts_of_table
from concepts.data.documents.json_lines import read_json
from concepts.data.documents.limits import DEFAULT_LIMITS, TextLimits
from concepts.data.documents.parquet import read_parquet
from concepts.data.documents.raw_table import RawTable
from concepts.data.documents.textset import TextSet
from concepts.data.images.decoding import file_reason
from concepts.data.images.names import suffix, valid_text
from concepts.data.images.opening import near
from concepts.data.texts import one_line
from concepts.storage.reading import read_file

EXPECTED = (
    "expected a table (.csv, .tsv, .parquet, .jsonl), a folder or a .zip of class folders with .txt files, or a .txt "
    "with one text a line"
)
BINARY = {  # first bytes of files that hold no plain text
    b"PK\x03\x04": "a zip or a spreadsheet (.xlsx)",
    b"\xd0\xcf\x11\xe0": "an old spreadsheet or document (.xls, .doc)",
    b"%PDF-": "a PDF",
    b"\x1f\x8b": "a gzip archive",
    b"PAR1": "a Parquet table",
}
SHOWN = 60  # characters of a thing that is refused


@dataclass(frozen=True)
class _Reading:
    """How a source is read."""

    asked: Asked
    encoding: str | None
    header: bool | None
    limits: TextLimits


def open_texts(
    source: object,
    *,
    text_column: str | None = None,
    label_column: str | None = None,
    id_column: str | None = None,
    encoding: str | None = None,
    header: bool | None = None,
    limits: TextLimits = DEFAULT_LIMITS,
    within: Sequence[Path] | None = None,
) -> TextSet:
    """The texts of a source, read whole into memory:

    - a table: .csv, .tsv, .parquet, or JSON (.jsonl, .ndjson, .json: an object a line, or an array of objects). Its
      columns are found by their usual names (text, sentence, review …; label, class, category …; id, name …), else the
      only column of texts holds them; `columns` and `notes` of the result say which. All others are its `metadata`;
    - a folder of .txt files, whose innermost folders are their labels, or of one table;
    - a .zip of the same, which is never extracted;
    - a .txt with one text a line;
    - in Python also a list of texts; `TextSet.of` takes their labels, too.

    text_column, label_column, id_column: names of columns; "" for no labels or no ids. encoding: where it is neither
    UTF-8 nor UTF-16 with its mark; nothing is guessed. header: whether the first line of a CSV or TSV names columns,
    None to find out (see `read_delimited`): without names, columns are called "column 1", "column 2", and a note
    says so. within: folders that links in a folder may lead to, besides itself; None for anywhere.

    Texts are kept exactly, control characters too. Left out, and named in `skipped` with the reason: rows with too many
    or too few cells, lines that are no JSON, texts that are empty, too long, or hold a zero character or half a
    surrogate pair; files in another encoding, links that lead out, encrypted members.
    Raises ValueError, one line, for a source that does not exist, cannot be read, has no text or is over the limits,
    for columns that cannot be told, and for anything else.
    """
    reading = _Reading(Asked(text_column, label_column, id_column), encoding, header, limits)
    if isinstance(source, list | tuple) and source and all(isinstance(each, str) for each in source):
        return TextSet.of(source, source_name=f"{len(source):,} texts", limits=limits)
    path = _path(source)
    if path.is_dir():
        with files_in_folder(path, limits, within) as files:
            return _from_files(files, reading)
    if not path.is_file():
        raise ValueError(f"no such folder or file: {str(path)!r}{near(path)}; {EXPECTED}; correct the path")
    if path.suffix.lower() == ".zip":
        with files_in_zip(path, limits) as files:
            return _from_files(files, reading)
    return _from_file(path, reading)


def pasted_texts(text: str, *, source_name: str = "pasted texts", limits: TextLimits = DEFAULT_LIMITS) -> TextSet:
    """The lines that somebody pasted, one text each.

    Where all lines have a tab, and equally many, they were copied out of a spreadsheet and are read as a table (.tsv).
    Raises ValueError as `open_texts` does.
    """
    lines = [line for line in text.splitlines() if line.strip()]
    if lines and "\t" in lines[0] and len({line.count("\t") for line in lines}) == 1:
        table = read_delimited(text, source_name, Layout("\t", None), limits)
        return texts_of_table(table, Asked(), source_name, limits)
    return texts_of_lines(text, source_name, source_name, limits)


def column_names(
    source: str | Path,
    *,
    encoding: str | None = None,
    limits: TextLimits = DEFAULT_LIMITS,
    within: Sequence[Path] | None = None,
) -> tuple[str, ...]:
    """The names of the columns of the table that `open_texts` would read; () where the source is no table.

    For a table whose columns cannot be told. Raises the ValueErrors of reading, none about columns.
    """
    reading, path = _Reading(Asked(), encoding, None, limits), _path(source)
    if path.is_dir():
        with files_in_folder(path, limits, within) as files:
            return _columns_among(files, reading)
    if path.suffix.lower() == ".zip":
        with files_in_zip(path, limits) as files:
            return _columns_among(files, reading)
    kind = suffix(path.name)
    data = read_file(path, limits.max_bytes) if kind in TABLES else b""
    return _table(data, str(path), kind, reading).names if kind in TABLES else ()


def _columns_among(files: TextFiles, reading: _Reading) -> tuple[str, ...]:
    if files.texts or len(files.tables) != 1:
        return ()
    (name,) = files.tables
    return _table(files.read(name), f"{files.title}: {name}", suffix(name), reading).names


def _from_file(path: Path, reading: _Reading) -> TextSet:
    kind, title, name = suffix(path.name), str(path), valid_text(path.stem)
    if kind not in (TEXT, *TABLES):
        advice = "save it as .csv" if kind in (".xlsx", ".xls", ".ods") else "give one of these"
        raise ValueError(f"{title!r} is a {kind or 'plain'} file; {EXPECTED}; {advice}")
    try:
        data = read_file(path, reading.limits.max_bytes)
    except OSError as error:
        raise ValueError(f"{title!r} cannot be read ({file_reason(error)}): check its permissions") from error
    if kind == TEXT:
        return texts_of_lines(_decoded(data, title, reading.encoding), title, name, reading.limits)
    return texts_of_table(_table(data, title, kind, reading), reading.asked, name, reading.limits)


def _from_files(files: TextFiles, reading: _Reading) -> TextSet:
    """The texts of .txt files, else of the only table. Raises ValueError where there is neither, or several tables."""
    if files.texts:
        return texts_of_files(files, reading.encoding, reading.limits)
    if not files.tables:
        left_out = f" ({len(files.skipped):,} left out, first {_line(files.skipped[0])})" if files.skipped else ""
        raise ValueError(f"no texts in {files.title}{left_out}: {EXPECTED}")
    if len(files.tables) > 1:
        raise ValueError(f"{files.title} holds several tables ({', '.join(files.tables[:5])}): give one of them")
    (name,) = files.tables
    title = f"{files.title}: {name}"
    try:
        data = files.read(name)
    except ValueError as error:
        raise ValueError(f"{title} cannot be read: {error}") from error
    table = _table(data, title, suffix(name), reading)
    texts = texts_of_table(table, reading.asked, PurePosixPath(name).stem, reading.limits)
    return replace(texts, skipped=(*files.skipped, *texts.skipped))


def _table(data: bytes, title: str, kind: str, reading: _Reading) -> RawTable:
    if kind == ".parquet":
        return read_parquet(data, title, reading.limits)
    text = _decoded(data, title, reading.encoding)
    if kind in (".csv", ".tsv"):
        return read_delimited(text, title, Layout(delimiter_in(text, kind), reading.header), reading.limits)
    return read_json(text, title, reading.limits)


def _decoded(data: bytes, title: str, encoding: str | None) -> str:
    if (found := _binary_kind(data)) is not None:
        raise ValueError(f"{title} is {found}, whatever its name says: save it as .csv or .txt in UTF-8")
    try:
        return decoded(data, encoding=encoding)
    except ValueError as error:
        raise ValueError(f"{title}: {error}") from error


def _binary_kind(data: bytes) -> str | None:
    """What a file is that holds no plain text, by its first bytes; None for any other."""
    return next((words for mark, words in BINARY.items() if data.startswith(mark)), None)


def _path(source: object) -> Path:
    """An absolute path. Raises ValueError for anything that is not a path: empty, a web address, another type."""
    if not isinstance(source, str | os.PathLike) or not str(source).strip():
        raise ValueError(f"received {one_line(repr(source), SHOWN)} as texts: {EXPECTED}, or in Python a list of texts")
    if "://" in str(source):
        raise ValueError(f"{str(source)!r} is an address on the web: download the texts and give their file")
    return Path(os.path.abspath(Path(source).expanduser()))


def _line(skipped: Skipped) -> str:
    return f"{one_line(skipped.name, 120)!r}: {skipped.reason}"
