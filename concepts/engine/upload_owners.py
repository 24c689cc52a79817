"""Who uploaded what: people who gave the very same files own one upload together."""

from contextlib import suppress
from pathlib import Path
from typing import Protocol

from concepts.storage.store import key_of, write_text

LONGEST = 1_000  # characters of a name that is believed


class Owned(Protocol):
    """An upload of whatever kind."""

    @property
    def owned_by(self) -> Path:
        """The folder of its owners' names, a file each; it need not be there."""
        ...


def claim(upload: Owned, owner: str) -> None:
    """Adds an owner; nothing for "", which is nobody."""
    if owner:
        write_text(_file(upload, owner), owner)


def release(upload: Owned, owner: str) -> None:
    """Takes an owner away; nothing for one who is none."""
    _file(upload, owner).unlink(missing_ok=True)


def owners_of(upload: Owned) -> tuple[str, ...]:
    """The owners by name; none where nobody was known when it was uploaded."""
    found: list[str] = []
    for file in upload.owned_by.glob("[!.]*"):
        with suppress(OSError, UnicodeDecodeError):
            name = file.read_text(encoding="utf-8")[:LONGEST]
            found += [name] if file == _file(upload, name) else []
    return tuple(sorted(found))


def _file(upload: Owned, owner: str) -> Path:
    return upload.owned_by / key_of(owner=owner)
