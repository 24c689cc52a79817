"""Where a report may be written: nobody's files are replaced by it."""

import tempfile
from pathlib import Path

from concepts.report.library import CARD
from concepts.store import read_json

CONTENT = {"report.json", "arrays.safetensors", "report.html", CARD, "thumbnails", "crops"}
LEFT_BY_SYSTEMS = {".DS_Store", "Thumbs.db", "desktop.ini"}
SHOWN = 3  # foreign files that an error names


def checked_place(folder: str | Path, *, store: Path | None = None) -> Path:
    """The folder as an absolute path, once it is sure that a report may be written there.

    It may be missing, empty, or hold a report of ours and nothing else, which is then replaced. store: the folder of
    finished stages, which must not lie inside. Raises ValueError for anything else, or where nothing can be written.
    """
    place = Path(folder).expanduser().resolve()
    if place.exists() and not place.is_dir():
        raise ValueError(f"{folder} is a file, and a report is a folder: choose another name")
    if foreign := _foreign(place):
        shown = ", ".join(foreign[:SHOWN]) + (", …" if len(foreign) > SHOWN else "")
        raise ValueError(
            f"{folder} holds files that are no report ({shown}) and would be lost: "
            "choose a new or an empty folder, or that of an earlier report"
        )
    if store is not None and place in (resolved := store.expanduser().resolve(), *resolved.parents):
        raise ValueError(
            f"the store {store} lies in the report's folder {folder}, which is replaced: choose a store elsewhere"
        )
    _check_writable(place.parent)
    return place


def is_report(folder: Path) -> bool:
    """Is there a report.json in the folder that is one of ours?"""
    try:
        data = read_json(folder / "report.json")
    except (OSError, ValueError):
        return False
    return isinstance(data, dict) and {"format", "model", "concepts", "strategies"} <= data.keys()


def _foreign(place: Path) -> list[str]:
    """What the folder holds beside a report, by name; all of it where there is no report."""
    names = sorted({entry.name for entry in place.iterdir()} - LEFT_BY_SYSTEMS) if place.is_dir() else []
    return [name for name in names if name not in CONTENT] if is_report(place) else names


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
