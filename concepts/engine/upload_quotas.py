"""What each person's uploads may have on the disk."""

import os
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from concepts.engine.quotas import Quotas, owner_key
from concepts.engine.upload_owners import Owned, owns


class Limited(Owned, Protocol):
    """An upload of whatever kind in a workspace."""

    @property
    def workspace(self) -> Path:
        """Where it is kept."""
        ...

    @property
    def kept(self) -> bool:
        """True where it is there as a whole."""
        ...


def check_upload(upload: Limited, n_bytes: int, *, owner: str, quotas: Quotas) -> None:
    """Raises QuotaError where the owner may not upload so much at a time, or altogether.

    Nothing for "", which is nobody, and for what the owner has uploaded already. n_bytes: as they come.
    """
    if not owner or (upload.kept and owns(upload, owner)):
        return
    quotas.check_upload(n_bytes)
    if quotas.disk is not None:
        quotas.check_disk(bytes_of_uploads(upload.workspace, owner), n_bytes)


def bytes_of_uploads(workspace: Path, owner: str) -> int:
    """The bytes on disk of all that an owner uploaded; what others uploaded as well counts for each in full."""
    uploads, total = workspace / "uploads", 0
    for file in (uploads / ".owners").glob(f"*/*/{owner_key(owner)}"):
        kind, digest = file.parent.parent.name, file.parent.name
        total += _bytes_in(uploads / kind / digest)
        total += _bytes_in(uploads / "incoming" / digest) if kind == "photos" else 0
    return total


def _bytes_in(folder: Path) -> int:
    total = 0
    for place, _, names in os.walk(folder):
        for name in names:
            with suppress(OSError):
                total += Path(place, name).stat().st_size
    return total
