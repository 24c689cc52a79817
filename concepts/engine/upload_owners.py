"""Who uploaded what: people who gave the very same files own one upload together."""

from contextlib import suppress
from pathlib import Path
from typing import Protocol

from concepts.engine.quotas import owner_key
from concepts.storage.ages import last_change
from concepts.storage.store import write_text

LONGEST = 1_000  # characters of a name that is believed


class Owned(Protocol):
    """An upload of whatever kind."""

    @property
    def owned_by(self) -> Path:
        """The folder of its owners' names, a file each; it need not be there."""
        ...


def claim(upload: Owned, owner: str) -> None:
    """Adds an owner from now on; nothing for "", which is nobody, and for one who is an owner already."""
    if owner and not owns(upload, owner):
        write_text(_file(upload, owner), owner)


def owns(upload: Owned, owner: str) -> bool:
    """Whether somebody is an owner."""
    return _file(upload, owner).is_file()


def release(upload: Owned, owner: str) -> None:
    """Takes an owner away; nothing for one who is none."""
    _file(upload, owner).unlink(missing_ok=True)


def owners_of(upload: Owned) -> tuple[str, ...]:
    """The owners by name; none where nobody was known when it was uploaded."""
    return tuple(sorted(owned_since(upload)))


def owned_since(upload: Owned) -> dict[str, float]:
    """Each owner's name, and since when, in seconds since 1970."""
    found: dict[str, float] = {}
    files: list[Path] = []
    with suppress(FileNotFoundError):  # deleted meanwhile
        files = list(upload.owned_by.glob("[!.]*"))
    for file in files:
        with suppress(OSError, UnicodeDecodeError):
            name = file.read_text(encoding="utf-8")[:LONGEST]
            found |= {name: last_change(file)} if file == _file(upload, name) else {}
    return found


def _file(upload: Owned, owner: str) -> Path:
    return upload.owned_by / owner_key(owner)
