"""Tables as JSON: an object a line, or one array of objects."""

import json
from collections.abc import Iterable, Iterator

from concepts.data.dataset import Skipped
from concepts.data.documents.limits import TextLimits, check_number
from concepts.data.documents.raw_table import RawTable, checked_names, listed, row_name
from concepts.data.texts import one_line

BROKEN = (ValueError, RecursionError)  # RecursionError: brackets nested without end


def read_json(text: str, title: str, limits: TextLimits) -> RawTable:
    """The objects of a JSON file as rows: one a line, or all in one array; a key is a column.

    A row without a key has None there. Lines that are no object are left out and named, with what is wrong.
    Raises ValueError, one line, for an array that is no JSON, and where no line is an object.
    """
    rows: list[dict[str, object]] = []
    numbers: list[int] = []
    skipped: list[Skipped] = []
    for number, found in enumerate(_objects(text, title), 1):
        check_number(number, title, limits)
        if isinstance(found, dict):
            rows.append(found)
            numbers.append(number)
        else:
            skipped.append(Skipped(row_name(number), found))
    if not rows:
        first = f" (row {skipped[0].name.split()[-1]}: {skipped[0].reason})" if skipped else ""
        raise ValueError(f'{title} holds no JSON object{first}: write one a line, such as {{"text": "…"}}')
    names = tuple({name: None for row in rows for name in row})
    columns = tuple([row.get(name) for row in rows] for name in names)
    return RawTable(title, checked_names(names, title, limits.max_columns), columns, numbers, skipped=listed(skipped))


def _objects(text: str, title: str) -> Iterator[dict[str, object] | str]:
    """Each object, or why a line is none."""
    if text.lstrip().startswith("["):
        return map(_object, _array(text, title))
    return (_parsed(line) for line in text.split("\n") if line.strip())


def _array(text: str, title: str) -> Iterable[object]:
    try:
        found = json.loads(text)
    except BROKEN as error:
        raise ValueError(f"{title} is no readable JSON: {_reason(error)}") from error
    return found if isinstance(found, list) else [found]


def _parsed(line: str) -> dict[str, object] | str:
    try:
        return _object(json.loads(line))
    except BROKEN as error:
        return f"no JSON: {_reason(error)}"


def _object(found: object) -> dict[str, object] | str:
    return found if isinstance(found, dict) else f"a JSON {type(found).__name__}, where an object is expected"


def _reason(error: Exception) -> str:
    return "brackets inside brackets without end" if isinstance(error, RecursionError) else one_line(error)
