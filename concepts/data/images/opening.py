"""open_photos: photos from a folder, a list, a text file, a zip, or a dataset in Python."""

import difflib
import os
import zipfile
from collections.abc import Iterable, Mapping, Sequence, Sized
from pathlib import Path

from PIL import Image

from concepts.data.images.datasets import items_of
from concepts.data.images.folder import from_folder, from_list
from concepts.data.images.items import ItemSource
from concepts.data.images.listing import SUFFIXES, Listed, read_listing
from concepts.data.images.names import is_picture, valid_text
from concepts.data.images.photo import DEFAULT_LIMITS, Limits
from concepts.data.images.photoset import PhotoSet
from concepts.data.images.source import Source
from concepts.data.images.zip_listing import read_zip_listing
from concepts.data.images.zipped import ZipSource
from concepts.data.texts import one_line

EXPECTED = "expected a folder of photos, a .zip, a .txt or .csv with one photo a line, or a list of photo files"
IN_PYTHON = "in Python also a dataset, an array or a list of pictures"
SHOWN = 60  # characters of a thing that is refused


def open_photos(source: object, *, limits: Limits = DEFAULT_LIMITS, within: Sequence[Path] | None = None) -> PhotoSet:
    """The photos of a source: files, or in Python also a dataset, an array or a list of pictures.

    Files:

    - a folder (of photos, of class folders, of split folders …), whose photos are sorted by name;
    - a .zip, which is never extracted, sorted too; limits.max_bytes applies;
    - a list or tuple of files, in its order, or one photo;
    - a .txt, .csv or .tsv with one photo a line, relative to its own folder, and perhaps its label, a class name or
      index, which then stands in place of the folders;
    - a .csv with the columns zip and member: some photos of a zip.

    In Python:

    - a dataset as torch.utils.data.Dataset with a length (torchvision's, a Subset, your own) or a list: items are
      pictures, pairs (picture, label), or rows with "image" and "label". Class names come from its `classes` or
      `class_to_idx`; labels from its `targets` or `labels`, or from each item, which is then read once;
    - an array (n, H, W, 3) or (n, H, W), a tensor (n, 3, H, W) or (n, H, W), on disk too;
    - a dataset of Hugging Face's `datasets`, or its column of pictures; labels come from its column of class labels.

    Pictures are PIL images, paths or bytes of files, arrays (H, W), (H, W, 3) or tensors (3, H, W), of uint8, other
    whole numbers as in 16-bit files, or floats in [0, 1]. They are read when they are needed, and named by their place:
    dress/000042.png. Random transforms must be out: a photo read twice is the same.

    Hidden files and files of other kinds are ignored; files that look like a photo but cannot be one are in `skipped`,
    with the reason. Links in a folder are followed, no folder twice; with `within`, only to that folder and to these:
    for a server, where whoever writes into a folder may not choose what else is read.

    Raises ValueError, one line, for a source that does not exist, cannot be read, has no photo or is over the limits,
    and for anything else.
    """
    found = _source(source, limits, within)
    if not found.names:
        raise ValueError(
            f"no photos in {found.title}{_left_out(found)}: {EXPECTED}, with pictures such as .jpg or .png"
        )
    return PhotoSet(found, limits)


def _source(source: object, limits: Limits, within: Sequence[Path] | None) -> Source:
    if isinstance(source, list | tuple) and source and isinstance(source[0], str | os.PathLike):
        return from_list([Listed(_path(item), None) for item in source], f"the list of {len(source):,} files", limits)
    if not isinstance(source, str | os.PathLike) and (items := items_of(source)) is not None:
        return ItemSource(items, limits)
    path = _path(source)
    if path.is_dir():
        return from_folder(path, limits, within)
    if not path.is_file():
        raise ValueError(f"no such folder or file: {str(path)!r}{near(path)}; {EXPECTED}; correct the path")
    return _from_file(path, limits)


def _from_file(path: Path, limits: Limits) -> Source:
    if path.suffix.lower() == ".zip":
        return _zip_source(path, str(path), limits)
    if is_picture(path.name):
        return from_list([Listed(path, None)], str(path), limits)
    if path.suffix.lower() not in SUFFIXES:
        raise ValueError(f"{str(path)!r} is a {path.suffix or 'plain'} file; {EXPECTED}; give one of these")
    try:
        return _from_listing(path, limits)
    except OSError as error:
        raise ValueError(f"{str(path)!r} cannot be read ({error.strerror}): check its permissions") from error


def _from_listing(path: Path, limits: Limits) -> Source:
    packed = read_zip_listing(path)
    if packed is not None:
        return _zip_source(packed.file, str(path), limits, only=packed.members)
    files = read_listing(path)
    if not files:
        raise ValueError(f"{str(path)!r} names no photo: write one file a line, relative to its folder")
    return from_list(files, str(path), limits)


def _zip_source(file: Path, title: str, limits: Limits, *, only: Sequence[str] | None = None) -> ZipSource:
    return ZipSource(lambda: zipfile.ZipFile(file), title, valid_text(file.stem), limits, file=file, only=only)


def _path(source: object) -> Path:
    """An absolute path. Raises ValueError for anything that is not a path: empty, a web address, another type."""
    if not isinstance(source, str | os.PathLike) or not str(source).strip():
        raise ValueError(f"received {_shown(source)} as photos: {EXPECTED}; {IN_PYTHON}")
    if "://" in str(source):
        raise ValueError(f"{str(source)!r} is an address on the web: download the photos and give their folder")
    return Path(os.path.abspath(Path(source).expanduser()))


def _shown(source: object) -> str:
    """A short text for a thing that is refused, with what to give instead where that is plain."""
    text = repr(source).replace("\n", " ")
    short = text if len(text) <= SHOWN else f"{text[:SHOWN]} …"
    if hasattr(source, "batch_size") and hasattr(source, "dataset"):
        return f"{short} (a loader: give its .dataset)"
    if isinstance(source, Mapping):
        return f"{short} (several parts: give one of {', '.join(map(str, list(source)[:3]))})"
    if isinstance(source, Image.Image):
        return f"{short} (one picture: give a list of it)"
    unnumbered = isinstance(source, Iterable) and not isinstance(source, Sized)
    return f"{short} (items without numbers: give a list of them)" if unnumbered else short


def near(path: Path) -> str:
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
    return f" ({len(source.skipped):,} left out, first {one_line(first.name, 120)!r}: {first.reason})"
