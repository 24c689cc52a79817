"""Frozen dataclasses as JSON files: every field is checked when read, and the error names the file and the field.

The checks are pydantic's, on plain dataclasses: no other module uses the library, and modules of dataclasses import
only the constraints below. Extra keys are ignored unless a class forbids them.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar, cast

from annotated_types import Ge, Gt, Interval, Le, Lt

from concepts.storage.reading import MOST_BYTES, read_file
from concepts.storage.store import write_json

if TYPE_CHECKING:
    from _typeshed import DataclassInstance
    from pydantic import TypeAdapter, ValidationError

T = TypeVar("T")
Json = dict[str, Any]  # a JSON object before it is checked: only migrations read it

Finite = Annotated[float, Gt(float("-inf")), Lt(float("inf"))]  # JSON readers accept NaN and 1e999
Positive = Annotated[float, Ge(0), Lt(float("inf"))]
Share = Annotated[float, Ge(0), Le(1)]
Correlation = Annotated[float, Ge(-1), Le(1)]
Count = Annotated[int, Ge(0), Le(2**53)]
Moment = Annotated[float, Ge(0), Lt(253_402_300_800)]  # seconds since 1970, to the end of the year 9999
Whole = Annotated[int, Ge(-(2**53)), Le(2**53)]  # integers that every JSON reader keeps exactly
Label = Annotated[int, Ge(-1), Le(2**53)]  # −1: an outlier
_ADAPTERS: dict[type, object] = {}  # made once per class: a tenth of a second for a report
SHOWN, LONGEST = 60, 600  # characters that an error shows of a wrong value, and of the reason


def json_names(**names: str) -> dict[str, object]:
    """A value for a dataclass's `__pydantic_config__`: JSON keys of fields that have another name in Python."""
    return {"alias_generator": lambda field: names.get(field, field)}


def exactly(number: int) -> Interval:
    """A constraint for a field that holds a format number: `Annotated[int, exactly(FORMAT)]` accepts no other."""
    return Interval(ge=number, le=number)


NOT_STORED = {"stored": False}  # metadata of a field that is not part of the file, such as the value's own path
NO_OTHERS: dict[str, object] = {"extra": "forbid"}  # for `__pydantic_config__`: a misspelt key is an error


@dataclass(frozen=True)
class Format:
    """A kind of file with a format number: its name in messages, the current number, and the migrations of older ones.

    migrations: format → function that converts a JSON object of that format to the next.
    """

    word: str
    current: int
    migrations: Mapping[int, Callable[[Json], Json]]

    def migrated(self, value: object, source: str) -> Json:
        """The JSON object in the current format. Raises ValueError for a newer format and for a missing one."""
        given = value.get("format") if isinstance(value, dict) else None
        if not isinstance(value, dict) or type(given) is not int:
            raise ValueError(f"{source} is no {self.word}: it has no format number")
        if given > self.current:
            raise ValueError(
                f"{source} is a {self.word} of format {_cut(str(given))}; this program reads formats up to "
                f"{self.current}: update the program"
            )
        for number in range(given, self.current):
            if number not in self.migrations:
                raise ValueError(
                    f"{source} is a {self.word} of format {_cut(str(given))}, which no program writes: make it again"
                )
            value = self.migrations[number](value) | {"format": number + 1}
        return value


def read_typed(kind: type[T], path: Path, form: Format | None = None, *, most_bytes: int = MOST_BYTES) -> T:
    """The value of this dataclass in a JSON file.

    Raises ValueError, one line that names the file and the field, for invalid JSON, a missing field, a wrong type, a
    number out of range, too deep nesting, a newer format, and what `read_file` refuses. Raises FileNotFoundError if
    there is no file.
    """
    return from_json(kind, read_file(path, most_bytes), source=str(path), form=form)


def from_json(kind: type[T], text: bytes | str, *, source: str, form: Format | None = None) -> T:
    """`read_typed` of a text. source: its name in an error."""
    from pydantic import ValidationError

    try:
        return _adapter(kind).validate_json(text, strict=True)
    except ValidationError as error:
        if form is None or (value := _migrated(text, source, form)) is None:
            raise ValueError(_first_error(error, source)) from error
    return from_json(kind, json.dumps(value), source=source)


def from_table(kind: type[T], table: Mapping[str, object], *, source: str) -> T:
    """The dataclass of a table from a TOML file, with the same checks as for JSON files; a list may be a tuple."""
    from pydantic import ValidationError

    try:
        return _adapter(kind).validate_python(table)
    except ValidationError as error:
        raise ValueError(_first_error(error, source)) from error


def _migrated(text: bytes | str, source: str, form: Format) -> Json | None:
    """The object in the current format; None if it already was in the current format, or is not JSON."""
    import pydantic_core

    try:
        value = pydantic_core.from_json(text)
    except ValueError:
        return None
    migrated = form.migrated(value, source)
    return None if migrated is value else migrated


def to_json(value: "DataclassInstance") -> Json:
    """The JSON object of a dataclass, with its JSON keys, without fields that are not stored."""
    left_out = {field.name for field in fields(value) if not field.metadata.get("stored", True)}
    return _adapter(type(value)).dump_python(value, mode="json", by_alias=True, exclude=left_out)


def write_typed(path: Path, value: "DataclassInstance", *, durable: bool = True) -> None:
    """Writes `to_json` to a file, complete or not at all (`new_file`). Raises ValueError for NaN."""
    write_json(path, to_json(value), durable=durable)


def _adapter(kind: type[T]) -> "TypeAdapter[T]":
    if kind not in _ADAPTERS:
        from pydantic import TypeAdapter

        _ADAPTERS[kind] = TypeAdapter(kind)
    return cast("TypeAdapter[T]", _ADAPTERS[kind])


def _first_error(error: "ValidationError", source: str) -> str:
    """One line: the file, the first invalid field, the reason, and the value found."""
    first = error.errors(include_url=False, include_context=False)[0]
    if first["type"] == "json_invalid":
        return f"{source} is not a readable JSON file: {first['msg'].removeprefix('Invalid JSON: ')}"
    field = _cut(".".join(map(str, first["loc"]))) or "the whole"
    message = _cut(" ".join(first["msg"].removeprefix("Value error, ").split()), LONGEST)
    if first["type"] == "unexpected_keyword_argument":
        return f"{source}: {field}: there is no such field"
    if first["type"] in ("missing", "value_error"):
        return f"{source}: {field}: {message}"
    return f"{source}: {field}: {message}, not {_shown(first['input'])}"


def _shown(value: object) -> str:
    """An invalid value, cut to part of a line; for a list or an object, only its kind."""
    if isinstance(value, dict | list | tuple):
        return "an object" if isinstance(value, dict) else "a list"
    return _cut(repr(value))


def _cut(text: str, longest: int = SHOWN) -> str:
    return text if len(text) <= longest else f"{text[:longest]}…"
