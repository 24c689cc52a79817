"""Reading of files that others may have written: no links, nothing that is no file, nothing of any size."""

import os
import stat
from pathlib import Path, PurePosixPath

MOST_BYTES = 2**28  # of a file that is read whole; a report of 100,000 photos has a tenth of it


def read_file(path: Path, most_bytes: int = MOST_BYTES) -> bytes:
    """The content of a file.

    Raises ValueError for a folder, a pipe or a device, and for more than `most_bytes`; OSError where it cannot be read.
    """
    if path.is_dir():
        raise ValueError(f"{path} is a folder: a file is needed")
    with open(path, "rb", opener=_at_once) as file:
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode):
            raise ValueError(f"{path} is no regular file")
        if status.st_size > most_bytes:
            raise ValueError(f"{path} has {status.st_size:,} bytes: at most {most_bytes:,} are read")
        return file.read()


def file_inside(folder: Path, name: str) -> Path:
    """The path of a file in a folder, by its relative name with forward slashes; the file may be missing.

    Raises ValueError for a name that leads out of the folder, and where the file or a folder on the way is a symbolic
    link, which could lead anywhere. The folder itself may be a link.
    """
    parts = PurePosixPath(name).parts
    if not parts or any(part in ("/", "..") or "\\" in part or "\0" in part for part in parts):
        raise ValueError(f"{name!r} is no name of a file in {folder}")
    place = folder
    for part in parts:
        place = place / part
        if place.is_symlink():
            raise ValueError(f"{place} is a symbolic link, which is not followed: put the file itself there")
    return place


def _at_once(path: str, flags: int) -> int:
    """Opens without waiting: a pipe would block until somebody writes into it."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))
