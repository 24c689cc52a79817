"""Files of class names: lists and tables as text, with numbers or ImageNet's wnids, and JSON of several libraries."""

import csv
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from concepts.data.texts import one_line, text_in

NUMBERED = re.compile(r"(\d+)(?:\s*[:,;)]\s*|\.\s+|\s+)(\S.*)")
SYNSET = re.compile(r"n\d{8}[\s,]+(\S.*)")
WNID = re.compile(r"n\d{8}")
WRAPPERS = ("id2label", "label2id", "class_to_idx", "idx_to_class", "class_names", "classes", "names", "labels")
NAME_COLUMNS = ("name", "class_name", "label_name", "classname", "category", "class", "label")
INDEX_COLUMNS = (
    "index",
    "id",
    "class_id",
    "class_index",
    "class_idx",
    "label_id",
    "idx",
    "number",
    "",
    "label",
    "class",
)
AS_LIST = "write one name a line in class order, or a JSON list"


def names_in_file(path: Path) -> tuple[str, ...]:
    """The names in class order.

    JSON: a list, {"0": name} or {"0": [wnid, name]}, {name: 0}, or an object with one of these under a key of
    `WRAPPERS`, as in Hugging Face's config.json. .csv, .tsv: with or without a header. Any other text: one name a line;
    where every line begins with a number or a wnid, it is not part of the name. Numbers 0 … n − 1 or 1 … n are the
    order. Raises ValueError for a file that cannot be read as such.
    """
    with _one_line(path, "class names"):
        text = _decoded(path.read_bytes())
        if _is_json(path, text):
            return _from_json(json.loads(text))
        if path.suffix.lower() in (".csv", ".tsv"):
            return _from_table(text, "\t" if path.suffix.lower() == ".tsv" else ",")
        return _from_lines(text)


def texts_in_file(path: Path) -> tuple[str, ...]:
    """The texts in the order of the file, numbers at their beginnings included: one a line, or a JSON list.

    Raises ValueError for a file that cannot be read as such.
    """
    with _one_line(path, "texts"):
        text = _decoded(path.read_bytes())
        return (
            _from_json(json.loads(text)) if _is_json(path, text) else tuple(map(str.strip, text.rstrip().splitlines()))
        )


@contextmanager
def _one_line(path: Path, what: str) -> Iterator[None]:
    """Raises any error of a reader as one ValueError that names the file."""
    try:
        yield
    except (OSError, ValueError, csv.Error, RecursionError) as error:  # RecursionError: nested too deeply
        raise ValueError(f"{what} cannot be read from {str(path)!r}: {one_line(error)}") from error


def _is_json(path: Path, text: str) -> bool:
    return path.suffix.lower() == ".json" or text.lstrip().startswith(("{", '["'))


def _decoded(data: bytes) -> str:
    """The text: UTF-8 or UTF-16, else Latin-1."""
    text = text_in(data)
    if text is None and b"\0" in data:
        raise ValueError(f"it is not text; {AS_LIST}")
    return data.decode("latin-1") if text is None else text


def _from_json(content: object) -> tuple[str, ...]:
    if isinstance(content, Mapping):
        inner = next((content[key] for key in WRAPPERS if isinstance(content.get(key), Mapping | list)), None)
        return _from_mapping(content) if inner is None else _from_json(inner)
    if not isinstance(content, list):
        raise ValueError("expected a list of names, or an object of index and name")
    return tuple(_name(each) for each in content)


def _from_mapping(content: Mapping[str, object]) -> tuple[str, ...]:
    """Names by index, or indices by name."""
    indices = [_whole(value) for value in content.values()]
    if None not in indices and (_are_ordered(indices) or not all(map(str.isdecimal, content))):
        return _in_order([(int(index or 0), name) for name, index in zip(content, indices, strict=True)])
    if not all(key.isdecimal() for key in content):
        raise ValueError("expected an object of index and name, or of name and index")
    return _in_order([(int(key), _name(value)) for key, value in content.items()])


def _name(value: object) -> str:
    return str(value[-1] if isinstance(value, list) and value else value)


def _whole(value: object) -> int | None:
    return int(str(value)) if str(value).isdecimal() and not isinstance(value, bool) else None


def _from_lines(text: str) -> tuple[str, ...]:
    lines = [line.strip() for line in text.rstrip().splitlines()]
    numbered = [NUMBERED.fullmatch(line) for line in filter(None, lines)]
    matches = [match for match in numbered if match]
    if matches and len(matches) == len(numbered):
        names = _without_wnids([match[2] for match in matches])
        return _in_order([(int(match[1]), name.strip('"')) for match, name in zip(matches, names, strict=True)])
    return tuple(_without_wnids(lines))


def _without_wnids(lines: list[str]) -> list[str]:
    """The first name behind the wnid of each line, where all lines have one."""
    found = [SYNSET.fullmatch(line) for line in lines if line]
    matches = [match for match in found if match]
    if not matches or len(matches) < len(found):
        return lines
    return [match[1].split(",")[0].strip() for match in matches]


def _from_table(text: str, delimiter: str) -> tuple[str, ...]:
    first = text.split("\n", 1)[0]
    delimiter = delimiter if delimiter in first or ";" not in first else ";"
    cells = [[cell.strip() for cell in row] for row in csv.reader(text.splitlines(), delimiter=delimiter)]
    rows = [row for row in cells if any(row)]
    if not rows:
        return ()
    header = [cell.casefold().replace(" ", "_") for cell in rows[0]]
    titled = any(name in header for name in NAME_COLUMNS)
    body = rows[1:] if titled else rows
    if any(len(row) != len(header) for row in body):
        raise ValueError(f"its rows have different numbers of columns; quote names with a comma, or {AS_LIST}")
    columns = [[row[i] for row in body] for i in range(len(header))]
    index = _index_column(header if titled else None, columns)
    names = columns[_name_column(header if titled else None, columns, index)]
    return tuple(names) if index is None else _in_order(list(zip(map(int, columns[index]), names, strict=True)))


def _index_column(header: list[str] | None, columns: list[list[str]]) -> int | None:
    """The column of whole numbers; with a header, one that it names as such."""
    numbers = [i for i, column in enumerate(columns) if all(map(str.isdecimal, column))]
    known = [i for i in numbers if header is None or header[i] in INDEX_COLUMNS]
    return known[0] if known and len(columns) > 1 else None


def _name_column(header: list[str] | None, columns: list[list[str]], index: int | None) -> int:
    """The column of names: by the header, else the only one that is neither the index nor wnids."""
    rest = [i for i in range(len(columns)) if i != index]
    if header is not None:
        named = [header.index(name) for name in NAME_COLUMNS if name in header and header.index(name) in rest]
        if not named:
            raise ValueError("its only named column holds the numbers: call the column of names name in the first line")
        return named[0]
    texts = [i for i in rest if len(rest) == 1 or not all(map(WNID.fullmatch, columns[i]))]
    if len(texts) != 1:
        raise ValueError(f"it has {len(texts)} columns that may be the names: call one of them name in a first line")
    return texts[0]


def _are_ordered(numbers: list[int | None] | list[int]) -> bool:
    """Whether the numbers are 0 … n − 1 or 1 … n, each once."""
    return set(numbers) in (set(range(len(numbers))), set(range(1, len(numbers) + 1)))


def _in_order(numbered: list[tuple[int, str]]) -> tuple[str, ...]:
    """The names in the order of their numbers."""
    if not _are_ordered([number for number, _ in numbered]):
        n = len(numbered)
        raise ValueError(
            f"the numbers must be 0 … {n - 1} or 1 … {n}, each once; if they are part of the names, write a JSON list"
        )
    return tuple(name for _, name in sorted(numbered))
