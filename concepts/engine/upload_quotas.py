"""What each person's uploads may have on the disk: checked and written one upload of a person at a time."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Protocol

from filelock import FileLock

from concepts.engine.quotas import QuotaError, Quotas, owner_key
from concepts.engine.upload_owners import Owned, claim, owners_of, owns, release
from concepts.storage.sizes import bytes_in


class Limited(Owned, Protocol):
    """An upload of whatever kind in a workspace."""

    @property
    def workspace(self) -> Path:
        """Where it is kept."""
        ...

    @property
    def place(self) -> Path:
        """What is kept of it."""
        ...

    @property
    def kept(self) -> bool:
        """True where it is there as a whole."""
        ...


@contextmanager
def uploading(
    upload: Limited, n_bytes: int, on_disk: Callable[[], int] | None = None, *, owner: str, quotas: Quotas
) -> Iterator[None]:
    """Lets an owner write an upload within the block, and makes it theirs when the block has ended well.

    n_bytes: as they come. on_disk: gives the bytes that it will have on the disk, where these are others; asked only
    where the disk is limited. Raises QuotaError before the block where the owner may not upload so much at a time, or
    altogether. Another upload of the same owner waits meanwhile, so that two do not pass the check together. Nothing is
    checked for "", which is nobody, and for what the owner has uploaded already.
    """
    if not owner or (upload.kept and owns(upload, owner)):
        yield
        return
    quotas.check_upload(n_bytes)
    with _one_at_a_time(upload, quotas, lambda: [owner]):
        if quotas.disk is not None:
            more = 0 if upload.kept else n_bytes if on_disk is None else on_disk()
            _check_disk(upload, bytes_in(upload.place) + more, owner, quotas)
        yield
        claim(upload, owner)


def join_owners(upload: Limited, n_bytes: int, *, owner: str, quotas: Quotas) -> None:
    """Makes an upload that is there, or waits to be read, one more person's, who gave the same files.

    It counts for each owner in full. n_bytes: as they come. Raises QuotaError as `uploading`.
    """
    with uploading(upload, n_bytes, owner=owner, quotas=quotas):
        pass


@contextmanager
def room_for_owners(upload: Limited, n_bytes: int, quotas: Quotas) -> Iterator[None]:
    """Lets an upload be kept within the block, with so many bytes on the disk: what was known of them was a promise.

    An owner who may not have so much is none from then on. Raises QuotaError before the block where that leaves nobody.
    Uploads of the others wait meanwhile.
    """
    with _one_at_a_time(upload, quotas, lambda: owners_of(upload)) as owners:
        refused: dict[str, QuotaError] = {}
        for owner in owners:
            try:
                _check_disk(upload, n_bytes, owner, quotas)
            except QuotaError as error:
                refused[owner] = error
        if refused and len(refused) == len(owners):
            raise refused[owners[0]]
        for owner in refused:
            release(upload, owner)
        yield


def bytes_of_uploads(workspace: Path, owner: str, *, without: Owned | None = None) -> int:
    """The bytes on disk of all that an owner uploaded; what others uploaded as well counts for each in full.

    without: an upload that is not counted.
    """
    uploads, total = workspace / "uploads", 0
    for file in (uploads / ".owners").glob(f"*/*/{owner_key(owner)}"):
        kind, digest = file.parent.parent.name, file.parent.name
        if without is None or file.parent != without.owned_by:
            total += bytes_in(uploads / kind / digest)
            total += bytes_in(uploads / "incoming" / digest) if kind == "photos" else 0
    return total


def _check_disk(upload: Limited, n_bytes: int, owner: str, quotas: Quotas) -> None:
    """Raises QuotaError where the owner's uploads would be too many with so many bytes of this one."""
    if quotas.disk is not None:
        quotas.check_disk(bytes_of_uploads(upload.workspace, owner, without=upload), n_bytes)


@contextmanager
def _one_at_a_time(upload: Limited, quotas: Quotas, owners: Callable[[], Sequence[str]]) -> Iterator[Sequence[str]]:
    """Lets nobody else write this upload, own it too, or write others of these owners within the block; yields them.

    owners: gives them, sorted, once the upload is locked: it is locked first and they in their order, so that no two
    wait for each other. Without a limit on the disk nobody waits.
    """
    with ExitStack() as locks:
        if quotas.disk is not None:
            locks.enter_context(_lock(upload.workspace, f"upload-{upload.owned_by.name[:1]}"))  # a few for all
        found = owners()
        for owner in found if quotas.disk is not None else ():
            locks.enter_context(_lock(upload.workspace, owner_key(owner)))
        yield found


def _lock(workspace: Path, name: str) -> FileLock:
    place = workspace / "uploads" / ".locks" / name
    place.parent.mkdir(parents=True, exist_ok=True)
    return FileLock(place)
