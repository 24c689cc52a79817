"""Whether photos or texts are the same as when a run began, as far as that shows without reading them."""

import os
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from concepts.data.images.photoset import PhotoSet
from concepts.data.others import WithOthers
from concepts.storage.store import key_of

if TYPE_CHECKING:
    from concepts.data.dataset import Dataset


def signature(items: "Dataset[Any]") -> str:
    """A hash of the photos' names, sizes and times of change, so that none is read; else of the contents."""
    if isinstance(items, WithOthers):
        return key_of(own=signature(items.own), others=signature(items.others))
    if not isinstance(items, PhotoSet) or not len(items) or items.path(0) is None:
        return items.fingerprint()
    whole = blake2b(digest_size=16)
    for i, (name, group) in enumerate(zip(items.names, items.groups, strict=True)):
        status = os.stat(items.path(i) or "")
        whole.update(f"{name}={status.st_size}@{status.st_mtime_ns}:{group}\n".encode(errors="surrogateescape"))
    return whole.hexdigest()
