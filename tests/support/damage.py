"""JSON objects with one fault each, to test that a damaged file is refused in one line that names the field."""

import json
import math
from collections.abc import Callable, Iterator
from copy import deepcopy
from fnmatch import fnmatch

import pytest

from concepts.storage.typed_json import Json

Place = tuple[str | int, ...]  # the place of a value in an object: keys, and indices in lists
DEEP = 500  # nested lists: deeper than a reader descends
WRONG_TYPES = {str: 7, bool: "yes", int: "7", float: "7.5", type(None): {"a": 1}, list: "a", dict: ["a"]}
OUT_OF_RANGE = {int: (1.5, True, 2**60, -(2**60)), float: (math.nan, math.inf, -math.inf)}


def damaged(value: Json) -> Iterator[tuple[str, Json]]:
    """(field, a copy in which it is missing, of a wrong type, or out of range), for every field: a.b, a.0.c.

    The first entry of a list represents all. A null is treated as an optional field, which is damaged by its type only.
    """
    for place, old in _fields(value):
        for new in (WRONG_TYPES[type(old)], *OUT_OF_RANGE.get(type(old), ())):
            yield _field(place), changed(value, place, new)
    yield from missing(value)


def missing(value: Json) -> Iterator[tuple[str, Json]]:
    """(field, a copy in which it is missing), for every field."""
    for place, _ in _fields(value):
        if isinstance(place[-1], str):
            yield _field(place), without(value, place)


def refuses_damage(
    read: Callable[[bytes], object], value: Json, *, source: str, optional: tuple[str, ...] = ()
) -> None:
    """Reads the object, then every damaged one: each must raise a one-line ValueError with the source and the field.

    read: takes the JSON as bytes. optional: fields that may be missing, as patterns: `about.versions.*`.
    """
    read(_bytes(value))
    old = [(field, less) for field, less in missing(value) if any(fnmatch(field, each) for each in optional)]
    for _, less in old:
        read(_bytes(less))
    for field, wrong in damaged(value):
        if (field, wrong) not in old:
            _is_refused(read, wrong, source, field)
    place, _ = next(_fields(value))
    _is_refused(read, changed(value, place, _nested(DEEP)), source, "")


def changed(value: Json, place: Place, new: object) -> Json:
    """A copy with another value at that place."""
    copy = deepcopy(value)
    _parent(copy, place)[place[-1]] = new  # type: ignore[index]
    return copy


def without(value: Json, place: Place) -> Json:
    """A copy in which that key is missing."""
    copy = deepcopy(value)
    del _parent(copy, place)[place[-1]]  # type: ignore[attr-defined]
    return copy


def _is_refused(read: Callable[[bytes], object], wrong: Json, source: str, field: str) -> None:
    try:
        read(_bytes(wrong))
    except ValueError as error:
        said = str(error)
    else:
        pytest.fail(f"{field} of {source} is damaged and was read: {_bytes(wrong)[:400]!r}")
    for part in (source, field):
        assert part in said, f"{part!r} is not in {said!r}"
    assert "\n" not in said


def _fields(value: object, place: Place = ()) -> Iterator[tuple[Place, object]]:
    if place:
        yield place, value
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _fields(inner, (*place, key))
    if isinstance(value, list) and value:
        yield from _fields(value[0], (*place, 0))


def _parent(value: Json, place: Place) -> object:
    at: object = value
    for step in place[:-1]:
        at = at[step]  # type: ignore[index]
    return at


def _field(place: Place) -> str:
    return ".".join(map(str, place))


def _nested(depth: int) -> list[object]:
    inner: list[object] = []
    for _ in range(depth):
        inner = [inner]
    return inner


def _bytes(value: Json) -> bytes:
    return json.dumps(value).encode()
