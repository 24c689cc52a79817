"""Where a result may be written: nobody's files are replaced by it."""

import tempfile
from dataclasses import dataclass
from pathlib import Path

from concepts.storage.store import read_json

LEFT_BY_SYSTEMS = {".DS_Store", "Thumbs.db", "desktop.ini"}
SHOWN = 3  # foreign files that an error names


@dataclass(frozen=True)
class OutputKind:
    """A kind of folder that we write: what it is called, what lies in it, the JSON file that says it is one of ours and
    the keys that this file must have."""

    word: str
    content: frozenset[str]
    file: str
    keys: frozenset[str]

    def is_in(self, folder: Path) -> bool:
        """Does the folder hold one of ours?"""
        try:
            data = read_json(folder / self.file)
        except (OSError, ValueError):
            return False
        return isinstance(data, dict) and self.keys <= data.keys()


def check_output_folder(folder: str | Path, kind: OutputKind, *, store: Path | None = None) -> Path:
    """The folder as an absolute path, once it is sure that a result of that kind may be written there.

    It may be missing, empty, or hold one of ours and nothing else, which is then replaced. store: the folder of
    finished stages, which must not lie inside. Raises ValueError for anything else, or where nothing can be written.
    """
    place = Path(folder).expanduser().resolve()
    if place.exists() and not place.is_dir():
        raise ValueError(f"{folder} is a file, and a {kind.word} is a folder: choose another name")
    if foreign := _foreign(place, kind):
        shown = ", ".join(foreign[:SHOWN]) + (", …" if len(foreign) > SHOWN else "")
        raise ValueError(
            f"{folder} holds files that are no {kind.word} ({shown}) and would be lost: "
            f"choose a new or an empty folder, or that of an earlier {kind.word}"
        )
    if store is not None and place in (resolved := store.expanduser().resolve(), *resolved.parents):
        raise ValueError(
            f"the store {store} lies in the {kind.word}'s folder {folder}, which is replaced: choose another store"
        )
    _check_writable(place.parent)
    return place


def _foreign(place: Path, kind: OutputKind) -> list[str]:
    """What the folder holds beside such a result, by name; all of it where there is none."""
    names = sorted({entry.name for entry in place.iterdir()} - LEFT_BY_SYSTEMS) if place.is_dir() else []
    return [name for name in names if name not in kind.content] if kind.is_in(place) else names


def _check_writable(parent: Path) -> None:
    """Raises ValueError where no folder can be made: tried, since permissions alone do not tell."""
    there = next(folder for folder in (parent, *parent.parents) if folder.exists())
    try:
        Path(tempfile.mkdtemp(prefix=".concepts-", dir=there)).rmdir()
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        raise ValueError(
            f"nothing can be written in {there} ({reason}): choose another folder for the report"
        ) from error
