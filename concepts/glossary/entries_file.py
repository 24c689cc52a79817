"""The entries of entries.toml: those not provided by a method or a measure."""

import tomllib

from concepts.glossary.entry import ROOMS, GlossaryEntry
from concepts.storage.typed_json import from_table


def read_entries(text: str, *, source: str) -> tuple[GlossaryEntry, ...]:
    """The entries of a TOML text, in order: tables [["ROOM"]] with the fields of a `GlossaryEntry` except the room.

    Raises ValueError, one line with the source and the entry, for invalid TOML, an unknown room, an unknown, missing
    or empty field, and a wrong type.
    """
    try:
        rooms = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"{source} is no TOML: {error}") from error
    return tuple(
        from_table(GlossaryEntry, table | {"room": room}, source=f"{source}, {table.get('term', room)!r}")
        for room, tables in rooms.items()
        for table in _checked(room, tables, source)
    )


def _checked(room: str, tables: object, source: str) -> list[dict[str, object]]:
    if room not in ROOMS or not isinstance(tables, list):
        raise ValueError(f"{source}, {room!r}: begin each entry by [[ROOM]], in quotes, one of {', '.join(ROOMS)}")
    return tables
