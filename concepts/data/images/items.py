"""Photos that are items in memory or of a dataset: encoded as PNG when they are read."""

import io
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import IO

from PIL import Image, ImageFile

from concepts.data.dataset import Skipped
from concepts.data.images.decoding import FORMATS
from concepts.data.images.labels import GivenLabels
from concepts.data.images.names import safe_folder
from concepts.data.images.photo import Limits, UnreadablePhoto
from concepts.data.images.pixels import rgb_picture
from concepts.data.images.source import check_number

TRIED = 3  # items that are read when a source is opened
REPEATS = 4  # times that one of them is read again: a flip by chance goes unseen in one of sixteen cases
COMPRESSION = 1  # of PNG: fast, since the bytes are only hashed and decoded


@dataclass(frozen=True)
class Items:
    """Pictures 0 … n − 1 of a thing in memory: `picture` gives one of PIL, an array, a tensor, or a file's
    bytes or path.

    title: the thing as a message names it. root_name: its short name. labels: one for each picture, or None.
    """

    title: str
    root_name: str
    n: int
    picture: Callable[[int], object]
    labels: GivenLabels | None = None


class ItemSource:
    """Photos from Items, named by their place: 000042.png, in a folder of their label where they have one."""

    def __init__(self, items: Items, limits: Limits) -> None:
        """Raises ValueError for too many photos, where none of the first can be read, and where they change."""
        check_number(items.n, items.title, limits)
        self.title = items.title
        self.root_name = items.root_name
        self.labels = items.labels
        self.names = tuple(_name(i, items.labels) for i in range(items.n))
        self.skipped: tuple[Skipped, ...] = ()
        self._items = items
        self._one_at_a_time = Lock()  # a dataset is made for processes, and need not bear threads
        self._try()

    def read(self, position: int) -> bytes:
        try:
            with self._one_at_a_time:
                picture = self._items.picture(position)
                return _file_of(picture) or _png(rgb_picture(picture))
        except UnreadablePhoto as error:
            raise UnreadablePhoto(error.reason, name=self.names[position]) from error
        except Exception as error:  # a dataset runs anyone's code
            raise UnreadablePhoto(f"cannot be read: {_line(error)}", name=self.names[position]) from error

    def _try(self) -> None:
        """Raises ValueError where none of the first items is a picture, or one differs from read to read."""
        for position in range(min(TRIED, len(self.names))):
            try:
                first = self.read(position)
            except UnreadablePhoto as error:
                if position == min(TRIED, len(self.names)) - 1:
                    raise ValueError(f"item {position} of {self.title} {error.reason}") from error
                continue
            if any(self.read(position) != first for _ in range(REPEATS)):
                raise ValueError(
                    f"item {position} of {self.title} changes from one read to the next: take random transforms out"
                )
            return


def _name(i: int, labels: GivenLabels | None) -> str:
    label = labels.names[i] if labels else None
    return f"{i:06d}.png" if label is None else f"{safe_folder(label)}/{i:06d}.png"


def _file_of(picture: object) -> bytes | None:
    """The bytes of the file behind a picture: given, at a path, or of a PIL image that is not loaded yet."""
    if isinstance(picture, bytes):
        return picture
    if isinstance(picture, str | os.PathLike):
        return Path(picture).read_bytes()
    if isinstance(picture, Mapping):  # Hugging Face's undecoded image
        return _file_of(picture.get("bytes") or picture.get("path"))
    if isinstance(picture, ImageFile.ImageFile) and picture.tile and picture.tell() == 0 and picture.format in FORMATS:
        return _file_of(picture.filename) if picture.filename else _whole(picture.fp)
    return None


def _whole(file: IO[bytes] | None) -> bytes | None:
    """All bytes of an open file, which is then where it was."""
    if file is None:
        return None
    place = file.tell()
    file.seek(0)
    data = file.read()
    file.seek(place)
    return data


def _png(picture: Image.Image) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, "PNG", compress_level=COMPRESSION, exif=None, icc_profile=None)
    return buffer.getvalue()


def _line(error: Exception) -> str:
    text = str(error).strip()
    return text.splitlines()[0] if text else type(error).__name__
