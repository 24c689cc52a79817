"""Check of a result's output folder, so that no foreign files are replaced."""

import tempfile
from dataclasses import dataclass
from pathlib import Path

from concepts.storage.store import is_unfinished, read_json

LEFT_BY_SYSTEMS = {".DS_Store", "Thumbs.db", "desktop.ini"}  # and by a killed process of this program, what it wrote
SHOWN = 3  # foreign files that an error names


@dataclass(frozen=True)
class OutputKind:
    """A kind of folder that the program writes: its name in messages, its content, the JSON file that identifies it,
    and the keys that this file must have."""

    word: str
    content: frozenset[str]
    file: str
    keys: frozenset[str]

    def is_in(self, folder: Path) -> bool:
        """True if the folder holds a result of this kind."""
        try:
            data = read_json(folder / self.file)
        except (OSError, ValueError):
            return False
        return isinstance(data, dict) and self.keys <= data.keys()


def check_output_folder(folder: str | Path, kind: OutputKind, *, store: Path | None = None) -> Path:
    """The folder as an absolute path, after a check that a result of this kind may be written there.

    It may be missing, empty, or hold a result of this kind and nothing else, which is then replaced. store: the folder
    of finished stages, which must not be inside. Raises ValueError for anything else, or if nothing can be written.
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
    """The names in the folder that do not belong to a result of this kind; all names if it holds no such result."""
    names = names_in(place)
    return [name for name in names if name not in kind.content] if kind.is_in(place) else names


def names_in(place: Path) -> list[str]:
    """The names of what is in a folder, sorted, without what systems and killed processes have left; none where there
    is no folder."""
    names = sorted(entry.name for entry in place.iterdir()) if place.is_dir() else []
    return [name for name in names if name not in LEFT_BY_SYSTEMS and not is_unfinished(name)]


def _check_writable(parent: Path) -> None:
    """Raises ValueError if no folder can be made. It makes one, since permissions alone do not show this."""
    there = next(folder for folder in (parent, *parent.parents) if folder.exists())
    try:
        Path(tempfile.mkdtemp(prefix=".concepts-", dir=there)).rmdir()
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        raise ValueError(
            f"nothing can be written in {there} ({reason}): choose another folder for the report"
        ) from error
