"""A set of photos in a fixed order."""

import hashlib
import operator
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path, PurePosixPath

from PIL import Image

from concepts.data.dataset import ItemKind, Skipped, group_names
from concepts.data.images.decoding import decode
from concepts.data.images.folder import FileSource
from concepts.data.images.items import ItemSource
from concepts.data.images.jpeg import jpeg_bytes
from concepts.data.images.labels import GivenLabels, Labels, folder_labels, given_labels
from concepts.data.images.photo import Limits, Photo, UnreadablePhoto
from concepts.data.images.source import Source
from concepts.data.images.zipped import ZipSource

DIGEST_BYTES = 16
PREVIEW = 256  # pixels of the longer side
SHOWN = 5  # maximum number of folders or skipped files in a description


class PhotoSet:
    """Photos 0 … n − 1 of one source. Photos are decoded on demand, from any thread.

    names: each photo's path relative to the source, with forward slashes.
    """

    kind: ItemKind = "images"

    def __init__(self, source: Source, limits: Limits, positions: Sequence[int] | None = None) -> None:
        self.limits = limits
        self._source = source
        self._positions = tuple(range(len(source.names)) if positions is None else positions)
        self.names = tuple(source.names[position] for position in self._positions)
        self._digests: dict[int, str] = {}  # position in the source -> digest; subsets share it
        self._fingerprint: str | None = None
        self._labels_of: tuple[tuple[str, ...], Labels] | None = None  # of the class names that were asked last

    def __len__(self) -> int:
        return len(self._positions)

    def __iter__(self) -> Iterator[Photo]:
        return (Photo(name, index) for index, name in enumerate(self.names))

    def __repr__(self) -> str:
        return f"<PhotoSet: {self.describe()}>"

    @property
    def source_name(self) -> str:
        """The name of the source: its folder, or the zip without its extension."""
        return self._source.root_name

    @property
    def skipped(self) -> tuple[Skipped, ...]:
        """The files of the source that looked like photos but are left out, with the reasons."""
        return self._source.skipped

    @cached_property
    def folders(self) -> tuple[tuple[str, ...], ...]:
        """For each photo, the names of its folders below the source, outermost first; () at the top level."""
        return tuple(PurePosixPath(name).parent.parts for name in self.names)

    @cached_property
    def groups(self) -> tuple[str | None, ...]:
        """For each photo, its innermost folder, None at the top level; or its label from a list or a dataset."""
        if self._given is not None:
            return self._given.names
        return tuple(parents[-1] if parents else None for parents in self.folders)

    @property
    def class_order(self) -> tuple[str, ...]:
        """The names of all classes in the order of their indices, as a dataset gives them; () where none does."""
        return self._given.classes if self._given is not None else ()

    @property
    def are_files(self) -> bool:
        """False for pictures in memory or of a dataset, which are encoded when they are read."""
        return not isinstance(self._source, ItemSource)

    @property
    def reading_limits(self) -> dict[str, int]:
        """The maximum number of pixels of a photo that is read."""
        return {"max_pixels": self.limits.max_pixels}

    def folder_names(self) -> tuple[str, ...]:
        """The distinct innermost folder names, sorted; used as class names where the model has none."""
        return group_names(self)

    def labels(self, class_names: Sequence[str]) -> list[int | None]:
        """For each photo, the index of its class, None where it is not known.

        The class is that of its label from a list or a dataset; otherwise the one named by its innermost matching
        folder. Case, accents, and spaces, underscores or hyphens are ignored. The source's own name (of the folder, or
        of the zip without its extension) counts as the outermost folder: photos/train/pants can be opened alone. For
        1,000 classes, and where class names are wnids, ImageNet's wnids name classes too, of folders and of files.
        """
        return list(self._labels(class_names).indices)

    def label_source(self, class_names: Sequence[str]) -> str:
        """Where `labels` come from, such as "folder names" or "ImageNet's wnids": the phrases of LabelSource."""
        return str(self._labels(class_names).source)

    def read_bytes(self, i: int) -> bytes:
        """The file of photo i. Raises UnreadablePhoto, or IndexError outside 0 … n − 1."""
        return self._source.read(self._position(i))

    def open(self, i: int, *, short_side: int | None = None) -> Image.Image:
        """Photo i as returned by `decode`: upright RGB. Raises UnreadablePhoto, or IndexError outside 0 … n − 1."""
        data = self.read_bytes(i)
        try:
            return decode(data, max_pixels=self.limits.max_pixels, short_side=short_side)
        except UnreadablePhoto as error:
            raise UnreadablePhoto(error.reason, name=self.names[i]) from error

    def preview(self, i: int) -> bytes:
        """Photo i as a JPEG of at most 256 pixels per side. Raises the same errors as `open`."""
        image = self.open(i, short_side=PREVIEW)
        image.thumbnail((PREVIEW, PREVIEW))
        return jpeg_bytes(image)

    def digest(self, i: int) -> str:
        """BLAKE2b of the file of photo i, in hex; computed once. Raises UnreadablePhoto when it cannot be read."""
        position = self._position(i)
        if position not in self._digests:
            self._digests[position] = hashlib.blake2b(self._source.read(position), digest_size=DIGEST_BYTES).hexdigest()
        return self._digests[position]

    def fingerprint(self) -> str:
        """BLAKE2b over the names and contents in order, in hex: equal for the same photos elsewhere, or touched.
        Labels from a list or a dataset count too.

        Files are read one by one, each once; an unreadable file is included as unreadable. Computed once.
        """
        if self._fingerprint is None:
            self._fingerprint = self._hash()
        return self._fingerprint

    def know_digests(self, digests: Iterable[tuple[int, str]]) -> None:
        """Takes digests of photos, by their indices, that another process computed by `digest`."""
        self._digests |= {self._position(i): digest for i, digest in digests}

    def path(self, i: int) -> Path | None:
        """The file of photo i; None where it is none of its own, as in a zip. Raises IndexError outside 0 … n − 1."""
        position = self._position(i)
        return self._source.path(position) if isinstance(self._source, FileSource) else None

    @property
    def zip_file(self) -> Path | None:
        """The zip that the photos are in; None where they are in none, or in one in memory."""
        return self._source.file if isinstance(self._source, ZipSource) else None

    def _hash(self) -> str:
        whole = hashlib.blake2b(digest_size=DIGEST_BYTES)
        given = self._given
        for photo in self:
            label = "" if given is None else f"@{given.names[photo.index]}"
            whole.update(f"{len(photo.name)}:{photo.name}={self._digest_or_mark(photo.index)}{label}\n".encode())
        return whole.hexdigest()

    def subset(self, indices: Iterable[int]) -> "PhotoSet":
        """The photos at these indices, in that order, renumbered from 0. Raises IndexError outside 0 … n − 1."""
        chosen = PhotoSet(self._source, self.limits, [self._position(i) for i in indices])
        chosen._digests = self._digests
        return chosen

    def describe(self) -> str:
        """One line with the number of photos, their folders and the files left out."""
        folders = self.folder_names()
        inside = f" in {len(folders)} folders ({_first(folders)})" if folders else ""
        left_out = [f"{skipped.name}: {skipped.reason}" for skipped in self.skipped]
        return f"{len(self):,} photos{inside}" + (
            f"; {len(left_out):,} skipped ({_first(left_out)})" if left_out else ""
        )

    def _labels(self, class_names: Sequence[str]) -> Labels:
        asked = tuple(class_names)
        if self._labels_of is None or self._labels_of[0] != asked:
            self._labels_of = asked, self._find_labels(asked)
        return self._labels_of[1]

    def _find_labels(self, class_names: Sequence[str]) -> Labels:
        if self._given is not None:
            return given_labels(self._given, class_names)
        return folder_labels(self._source.root_name, self.names, class_names)

    @property
    def _given(self) -> GivenLabels | None:
        given = self._source.labels
        return given and replace(given, names=tuple(given.names[position] for position in self._positions))

    def _digest_or_mark(self, i: int) -> str:
        try:
            return self.digest(i)
        except UnreadablePhoto:
            return "unreadable"

    def _position(self, i: int) -> int:
        index = operator.index(i)
        if not 0 <= index < len(self):
            raise IndexError(f"photo {index} was asked for, the set has 0 to {len(self) - 1}")
        return self._positions[index]


def _first(texts: Sequence[str]) -> str:
    return ", ".join(texts[:SHOWN]) + (", …" if len(texts) > SHOWN else "")
