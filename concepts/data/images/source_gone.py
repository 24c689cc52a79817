"""A photo that cannot be read, told from photos that are gone: their disk, folder or zip is not there any more."""

import os
from pathlib import Path

from concepts.data.dataset import SourceGoneError
from concepts.data.images.decoding import file_reason
from concepts.data.images.photo import UnreadablePhoto


def unreadable_file(error: OSError, path: Path, name: str) -> UnreadablePhoto:
    """What is to be raised for a file that was listed and cannot be read.

    Raises SourceGoneError where its folder cannot be listed either, or nothing is left in it.
    """
    try:
        with os.scandir(path.parent) as entries:
            is_there = next(entries, None) is not None
    except OSError:
        is_there = False
    if not is_there:
        raise _gone(path.parent, error) from error
    return UnreadablePhoto(file_reason(error), name=name)


def check_zip_is_there(path: Path) -> None:
    """Raises SourceGoneError where the zip is not there any more."""
    try:
        path.stat()
    except OSError as error:
        raise _gone(path, error) from error


def _gone(place: Path, error: OSError) -> SourceGoneError:
    return SourceGoneError(
        f"the photos in {place} can no longer be read ({file_reason(error)}): see that their disk is there, and start "
        "the same again"
    )
