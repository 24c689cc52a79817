"""Folders of results, read one by one: what cannot be read is left out and named, and takes nothing from the others."""

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Generic, Self, TypeVar

T = TypeVar("T")
LONGEST_NAME, LONGEST_REASON = 60, 200  # characters shown
SHOWN = 3  # of those left out, in a line


@dataclass(frozen=True)
class LeftOut:
    """A folder that is not listed. name: for people, valid text in one line; reason: without the folder's path."""

    name: str
    reason: str

    @classmethod
    def of(cls, folder: Path, error: ValueError | OSError) -> Self:
        """What is said of a folder that raised this error."""
        return cls(_in_line(folder.name, LONGEST_NAME), reason_of(error, folder))

    @property
    def text(self) -> str:
        """Both in one line."""
        return f"{self.name}: {self.reason}"


@dataclass(frozen=True)
class Listing(Generic[T]):
    """What was read, in the order of the folders, and what was left out."""

    found: tuple[T, ...]
    left_out: tuple[LeftOut, ...]


def list_folders(
    roots: Iterable[Path],
    read: Callable[[Path], T],
    *,
    start: str = "",
    order: Callable[[Path], float] | None = None,
    most: int | None = None,
) -> Listing[T]:
    """What `read` makes of each folder in these folders, by root and name; hidden ones and files are passed over.

    read: raises ValueError or OSError for a folder that is damaged. start: of the names of the folders. order: reads
    those with the largest value first. most: stops when that many were read.
    """
    found: list[T] = []
    left_out: list[LeftOut] = []
    folders: list[Path] = []
    for root in roots:
        try:
            folders += [folder for folder in folders_in(root) if folder.name.startswith(start)]
        except OSError as error:
            left_out.append(LeftOut.of(root, error))
    for folder in sorted(folders, key=order, reverse=True) if order else folders:
        if len(found) == most:
            break
        try:
            found.append(read(_named(folder)))
        except (ValueError, OSError) as error:
            left_out.append(LeftOut.of(folder, error))
    return Listing(tuple(found), tuple(left_out))


def reason_of(error: ValueError | OSError, folder: Path) -> str:
    """An error in one line that names no folder of the machine: a file in `folder` is named by itself."""
    if isinstance(error, OSError) and error.strerror:
        file = f"{Path(os.fsdecode(error.filename)).name}: " if error.filename else ""
        return _in_line(file + error.strerror.lower(), LONGEST_REASON)
    text = str(error).replace(f"{folder}{os.sep}", "").replace(str(folder), folder.name)
    return _in_line(text, LONGEST_REASON)


def left_out_line(left_out: Sequence[LeftOut], word: str) -> str:
    """One line about what was left out, "" if nothing was. word: for one of them, such as "report"."""
    if not left_out:
        return ""
    shown = "; ".join(f"{each.name} ({each.reason})" for each in left_out[:SHOWN])
    more = f"; and {len(left_out) - SHOWN} more" if len(left_out) > SHOWN else ""
    kind = f"folder holds no {word}" if len(left_out) == 1 else f"folders hold no {word}"
    return (
        f"{len(left_out)} {kind} that can be read and {'is' if len(left_out) == 1 else 'are'} left out: {shown}{more}"
    )


def folders_in(root: Path) -> list[Path]:
    """The folders in a folder, and links that may lead to some, by name, without hidden ones; none if it is not there.

    Raises OSError where it cannot be listed.
    """
    try:
        with os.scandir(root) as entries:
            names = [entry.name for entry in entries if entry.is_symlink() or entry.is_dir()]
    except (FileNotFoundError, NotADirectoryError):
        return []
    return [root / name for name in sorted(names) if not name.startswith(".")]


def _named(folder: Path) -> Path:
    """The folder, whose name becomes an id in addresses. Raises ValueError for bytes that are no UTF-8."""
    try:
        folder.name.encode()
    except UnicodeEncodeError as error:
        raise ValueError("its name is no valid text: rename it") from error
    return folder


def _in_line(text: str, longest: int) -> str:
    """Printable text without line breaks, cut."""
    valid = os.fsencode(" ".join(text.split())).decode("utf-8", "replace")
    shown = "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in valid)
    return shown if len(shown) <= longest else f"{shown[: longest - 1]}…"


def list_newest_first(roots: Iterable[Path], read: Callable[[Path], T], created: Callable[[T], str]) -> Listing[T]:
    """As `list_folders`, but within each root the newest first. created: when one was made, in ISO format."""
    listings = [list_folders([root], read) for root in roots]
    newest = [sorted(each.found, key=created, reverse=True) for each in listings]
    return Listing(tuple(chain.from_iterable(newest)), tuple(chain.from_iterable(each.left_out for each in listings)))
