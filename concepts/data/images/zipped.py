"""Photos inside a zip, read into memory one by one; nothing is extracted to disk."""

import zipfile
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from concepts.data.dataset import Skipped
from concepts.data.images.decoding import file_reason
from concepts.data.images.labels import GivenLabels
from concepts.data.images.names import (
    ARCHIVE_SUFFIXES,
    foreign_picture,
    is_hidden,
    is_picture,
    safe_name,
    suffix,
)
from concepts.data.images.photo import Limits, UnreadablePhoto
from concepts.data.images.source import check_number, size_problem
from concepts.data.images.source_gone import check_zip_is_there
from concepts.data.images.zip_members import BROKEN_ZIP, member_name, unreadable_kind, visible_parts


class ZipSource:
    """Photos of a zip. Each reading thread has its own handle; idle handles are reused."""

    labels: GivenLabels | None = None

    def __init__(
        self,
        open_zip: Callable[[], zipfile.ZipFile],
        title: str,
        root_name: str,
        limits: Limits,
        *,
        file: Path | None = None,
        only: Sequence[str] | None = None,
    ) -> None:
        """Lists the zip. file: where it lies; None for one in memory. only: the names of the photos that are taken, in
        this order; None for all. Raises ValueError when it is not a zip, or holds too many photos or bytes.
        """
        self.title = title
        self.root_name = root_name
        self.file = file
        self._open_zip = open_zip
        self._idle: deque[zipfile.ZipFile] = deque()
        photos, skipped = self._list(limits)
        if only is not None:
            photos, skipped = _taken(photos, only)
        self.names = tuple(photos)
        self.skipped = tuple(skipped)
        self._members = tuple(photos.values())
        check_number(len(photos), title, limits)
        _check_total(self.n_bytes, title, limits)

    @property
    def n_bytes(self) -> int:
        """Of all photos, unpacked: as the zip states, and never more."""
        return sum(member.file_size for member in self._members)

    def read(self, position: int) -> bytes:
        try:
            with self._handle() as handle, handle.open(self._members[position]) as member:
                return member.read()  # never more than the declared size, which was checked against the limits
        except BROKEN_ZIP as error:
            if isinstance(error, OSError) and self.file is not None:
                check_zip_is_there(self.file)
            raise UnreadablePhoto(f"cannot be unpacked: {error}", name=self.names[position]) from error

    def _list(self, limits: Limits) -> tuple[dict[str, zipfile.ZipInfo], list[Skipped]]:
        try:
            with self._handle() as handle:
                return _sorted_members(handle.infolist(), limits)
        except OSError as error:
            raise ValueError(f"{self.title} cannot be read ({file_reason(error)}): check its permissions") from error
        except BROKEN_ZIP as error:
            raise ValueError(f"{self.title} is no readable zip ({error}): pack the photos again") from error

    @contextmanager
    def _handle(self) -> Iterator[zipfile.ZipFile]:
        try:
            handle = self._idle.pop()
        except IndexError:
            handle = self._open_zip()
        try:
            yield handle
        finally:
            self._idle.append(handle)


def _sorted_members(members: list[zipfile.ZipInfo], limits: Limits) -> tuple[dict[str, zipfile.ZipInfo], list[Skipped]]:
    """Photos by name, and the skipped members; of two members with one name the later is used, as in unpacking."""
    photos: dict[str, zipfile.ZipInfo] = {}
    skipped: list[Skipped] = []
    for member in members:
        name = member_name(member)
        if not name or member.is_dir() or any(map(is_hidden, visible_parts(name))):
            continue
        problem = _member_problem(member, name, limits)
        if problem is not None:
            skipped.append(Skipped(name, problem))
        elif is_picture(name):
            if safe_name(name) in photos:
                skipped.append(Skipped(name, "an older copy under the same name"))
            photos[safe_name(name)] = member
    return dict(sorted(photos.items())), skipped


def _taken(
    photos: dict[str, zipfile.ZipInfo], names: Sequence[str]
) -> tuple[dict[str, zipfile.ZipInfo], list[Skipped]]:
    """The photos with these names, and those that the zip has not."""
    absent = [Skipped(name, "no photo of the zip") for name in names if name not in photos]
    return {name: photos[name] for name in names if name in photos}, absent


def _member_problem(member: zipfile.ZipInfo, name: str, limits: Limits) -> str | None:
    """The reason why a member is left out, None for a good photo and for files of other kinds."""
    if suffix(name) in ARCHIVE_SUFFIXES:
        return "an archive inside the zip is not opened: unpack it first"
    if not is_picture(name):
        return foreign_picture(name)
    try:
        safe_name(name)
    except ValueError as error:
        return str(error)
    return unreadable_kind(member, "photo") or size_problem(member.file_size, limits)


def _check_total(total: int, title: str, limits: Limits) -> None:
    if total > limits.max_bytes:
        raise ValueError(
            f"{title} unpacks to {total:,} bytes of photos, the limit is {limits.max_bytes:,}: "
            "give fewer or smaller photos, or raise max_bytes"
        )
