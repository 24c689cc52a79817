"""open_photos: photos from a folder, a list, a text file or a zip."""

import difflib
import os
import zipfile
from collections.abc import Sequence
from pathlib import Path

from concepts.data.images.folder import from_folder, from_list
from concepts.data.images.listing import SUFFIXES, Listed, read_listing
from concepts.data.images.names import is_picture, valid_text
from concepts.data.images.photo import DEFAULT_LIMITS, Limits
from concepts.data.images.photoset import PhotoSet
from concepts.data.images.source import Source
from concepts.data.images.zipped import ZipSource

EXPECTED = "expected a folder of photos, a .zip, a .txt or .csv with one photo a line, or a list of photo files"


def open_photos(source: str | Path | Sequence[str | Path], *, limits: Limits = DEFAULT_LIMITS) -> PhotoSet:
    """The photos of a folder (of photos, of class folders, of split folders …), a list or tuple of files, one photo,
    a .txt with one photo per line (relative to its own folder), or a .zip, which is never extracted.

    The photos of a folder or zip are sorted by name; a list keeps its order. Hidden files and files of other kinds are
    ignored; files that look like a photo but cannot be one are in `skipped`, with the reason. limits.max_bytes applies
    to a zip. Raises ValueError, one line, for a source that does not exist, cannot be read, has no photo or is over
    the limits.
    """
    found = _source(source, limits)
    if not found.names:
        raise ValueError(
            f"no photos in {found.title}{_left_out(found)}: {EXPECTED}, with pictures such as .jpg or .png"
        )
    return PhotoSet(found, limits)


def _source(source: str | Path | Sequence[str | Path], limits: Limits) -> Source:
    if isinstance(source, list | tuple) and source:
        return from_list([Listed(_path(item), None) for item in source], f"the list of {len(source):,} files", limits)
    path = _path(source)
    if path.is_dir():
        return from_folder(path, limits)
    if not path.is_file():
        raise ValueError(f"no such folder or file: {str(path)!r}{_near(path)}; {EXPECTED}; correct the path")
    return _from_file(path, limits)


def _from_file(path: Path, limits: Limits) -> Source:
    if path.suffix.lower() == ".zip":
        return ZipSource(lambda: zipfile.ZipFile(path), str(path), valid_text(path.stem), limits)
    if is_picture(path.name):
        return from_list([Listed(path, None)], str(path), limits)
    if path.suffix.lower() not in SUFFIXES:
        raise ValueError(f"{str(path)!r} is a {path.suffix or 'plain'} file; {EXPECTED}; give one of these")
    files = _listed(path)
    if not files:
        raise ValueError(f"{str(path)!r} names no photo: write one file a line, relative to its folder")
    return from_list(files, str(path), limits)


def _listed(path: Path) -> list[Listed]:
    try:
        return read_listing(path)
    except OSError as error:
        raise ValueError(f"{str(path)!r} cannot be read ({error.strerror}): check its permissions") from error


def _path(source: object) -> Path:
    """An absolute path. Raises ValueError for anything that is not a path: empty, a web address, another type."""
    if not isinstance(source, str | os.PathLike) or not str(source).strip():
        raise ValueError(f"received {source!r} as photos: {EXPECTED}")
    if "://" in str(source):
        raise ValueError(f"{str(source)!r} is an address on the web: download the photos and give their folder")
    return Path(os.path.abspath(Path(source).expanduser()))


def _near(path: Path) -> str:
    """A hint at the intended path: similar names in its folder, or the part of the path that exists."""
    if not path.parent.is_dir():
        there = next(parent for parent in path.parents if parent.is_dir())
        return f" (only {str(there)!r} exists)"
    try:
        near = difflib.get_close_matches(path.name, os.listdir(path.parent), n=3)
    except PermissionError:
        return ""
    return f" (near it: {', '.join(map(repr, near))})" if near else ""


def _left_out(source: Source) -> str:
    if not source.skipped:
        return ""
    first = source.skipped[0]
    return f" ({len(source.skipped):,} left out, first {first.name!r}: {first.reason})"
