"""Where backups lie: a file, or a folder with a file for each time."""

from datetime import UTC, datetime
from pathlib import Path

SUFFIX = ".zip"


def new_backup(place: Path) -> Path:
    """The file to write: the place itself where it ends with .zip, else one named by the time (UTC) in that folder."""
    if place.suffix.lower() == SUFFIX:
        return place
    if place.exists() and not place.is_dir():
        raise ValueError(
            f"{place} is a file that is no .zip: give a folder for backups, or a new file ending with .zip"
        )
    return place / f"{datetime.now(UTC):%Y-%m-%d-%H%M%S}{SUFFIX}"


def newest_backup(place: Path) -> Path:
    """The file to read: the place itself, or the last by name of the backups in that folder.

    Raises ValueError for a folder without any.
    """
    if not place.is_dir():
        return place
    found = sorted(path for path in place.glob(f"*{SUFFIX}") if path.is_file() and not path.name.startswith("."))
    if not found:
        raise ValueError(f"{place} holds no backup (*{SUFFIX}): give the folder or the file that `backup` wrote")
    return found[-1]
