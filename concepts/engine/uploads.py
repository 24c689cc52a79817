"""Uploaded photos in a workspace: the files as they came, the photos that were kept of them, and what was left out."""

import hashlib
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from concepts.data.dataset import Skipped
from concepts.data.images.photo import Limits
from concepts.data.images.upload import count_uploads, store_uploads, unpacked_bytes
from concepts.engine.quotas import NO_QUOTAS, Quotas
from concepts.engine.upload_quotas import room_for_owners, uploading
from concepts.report.request import Request
from concepts.storage.ages import last_change
from concepts.storage.sizes import bytes_in
from concepts.storage.store import ABANDONED, discard, new_folder, sweep, write_json
from concepts.storage.typed_json import read_typed, write_typed

LIMITS = Limits(
    max_bytes=500 * 2**20,
    max_photos=5_000,
    max_pixels=40_000_000,
    max_file_bytes=64 * 2**20,
    max_total_pixels=10_000_000_000,  # decoded in two to three minutes on one core
)
FILES = "files.json"
LEFT_OUT = "left-out.json"  # beside the photos of an upload: names and reasons
LeftOut = tuple[tuple[str, str], ...]
Files = Iterable[tuple[str, bytes]]
Progress = Callable[[str, float], None]


@dataclass(frozen=True)
class Incoming:
    """The content of files.json: the names of the uploaded files, which lie beside it as 0, 1, 2 …"""

    files: tuple[str, ...]


@dataclass(frozen=True)
class Upload:
    """An upload in a workspace: the hash of its files, and the name that its photos have in a report."""

    workspace: Path
    digest: str
    name: str

    @classmethod
    def at(cls, folder: Path) -> "Upload":
        """The upload whose photos are, or will be, in this folder."""
        place = folder.parent
        return cls(place.parents[2], place.name, folder.name)

    @property
    def place(self) -> Path:
        """What is kept of it: the folder of photos, and the list of those left out."""
        return self.workspace / "uploads" / "photos" / self.digest

    @property
    def words(self) -> str:
        """What it holds, in plural words."""
        return "photos"

    @property
    def places(self) -> tuple[Path, ...]:
        """All that is kept of it, until its files are decoded and after."""
        return self.place, self.incoming, self.owned_by

    @property
    def owned_by(self) -> Path:
        """The names of its owners (`upload_owners`)."""
        return self.workspace / "uploads" / ".owners" / "photos" / self.digest

    @property
    def folder(self) -> Path:
        """The photos, ready for `open_photos`."""
        return self.place / self.name

    @property
    def incoming(self) -> Path:
        """The files as they came, until they are decoded."""
        return self.workspace / "uploads" / "incoming" / self.digest

    @property
    def kept(self) -> bool:
        """True where the photos are there as a whole."""
        return (self.place / LEFT_OUT).is_file() and self.folder.is_dir()

    @property
    def left_out(self) -> LeftOut:
        """(name, reason) of each photo that was left out."""
        return read_typed(LeftOut, self.place / LEFT_OUT)

    @property
    def request(self) -> Request:
        """The request of the job that decodes the photos."""
        return Request(model="", images=str(self.folder))


def digest_of(files: Files) -> str:
    """The name of an upload: a hash of its files' names and contents."""
    digest = hashlib.blake2b(digest_size=12)
    for name, data in files:
        digest.update(f"{name}:{len(data)}:".encode())
        digest.update(data)
    return digest.hexdigest()


def receive(
    upload: Upload, files: Files, limits: Limits = LIMITS, *, owner: str = "", quotas: Quotas = NO_QUOTAS
) -> None:
    """Writes the uploaded files as they are, all or none, for the job that decodes them.

    Files that a killed job left behind for a day are removed. owner: who uploads them, "" for nobody. Raises ValueError
    for more than limits.max_bytes, QuotaError before anything is written.
    """
    files = tuple(files)
    n_bytes = sum(len(data) for _, data in files)
    with uploading(upload, n_bytes, lambda: unpacked_bytes(files, limits), owner=owner, quotas=quotas):
        if n_bytes > limits.max_bytes:
            raise ValueError(f"the upload has more than {limits.max_bytes / 2**20:,.0f} MB, the limit: upload less")
        _sweep_incoming(upload.incoming.parent)
        with new_folder(upload.incoming, keep=True) as part:
            for number, (_, data) in enumerate(files):
                (part / str(number)).write_bytes(data)
            write_typed(part / FILES, Incoming(tuple(name for name, _ in files)))


def keep_photos(upload: Upload, progress: Progress, limits: Limits = LIMITS, *, quotas: Quotas = NO_QUOTAS) -> None:
    """Checks and decodes what was received, and keeps its photos, all or none; nothing where they are kept already.

    The files as they came are removed, whatever the outcome; without photos nobody owns any. quotas: owners who may
    not have so much on the disk own it no more. Raises ValueError where the files are gone, for an upload over the
    limits, and where no photo is left; QuotaError where no owner is left.
    """
    with _used_up(upload), ExitStack() as until_kept:
        if upload.kept:
            return
        progress("checking sizes", 0.0)
        n = count_uploads(_received(upload), limits)
        left_out: list[Skipped] = []
        discard(upload.place)  # half filled by an older program
        with new_folder(upload.place, keep=True) as part:
            store_uploads(
                _received(upload), part / upload.name, limits, on_skip=left_out.append,
                on_photo=lambda i: progress("reading the photos", i / n),
            )  # fmt: skip
            write_json(part / LEFT_OUT, [[entry.name, entry.reason] for entry in left_out])
            until_kept.enter_context(room_for_owners(upload, bytes_in(part / upload.name), quotas))


def _received(upload: Upload) -> Iterator[tuple[str, bytes]]:
    """The files as they came, one in memory at a time."""
    try:
        for number, name in enumerate(read_typed(Incoming, upload.incoming / FILES).files):
            yield name, (upload.incoming / str(number)).read_bytes()
    except FileNotFoundError as error:
        raise ValueError("the uploaded files are gone: upload them again") from error


@contextmanager
def _used_up(upload: Upload) -> Iterator[None]:
    try:
        yield
    finally:
        discard(upload.incoming)
        if not upload.kept:
            discard(upload.owned_by)


def _sweep_incoming(folder: Path) -> None:
    """Removes what has lain there for a day."""
    sweep(folder)
    for entry in folder.glob("[!.]*"):
        with suppress(FileNotFoundError):
            if time.time() - last_change(entry) > ABANDONED:
                discard(entry)
