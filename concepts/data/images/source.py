"""What a photo set reads from: names in order, and the bytes of each."""

from typing import Protocol

from concepts.data.dataset import Skipped
from concepts.data.images.photo import Limits


class Source(Protocol):
    """A place with photos, listed once. `read` may be called from several threads."""

    title: str  # what the user gave, for messages
    root_name: str  # name of the folder that all names are relative to
    names: tuple[str, ...]
    skipped: tuple[Skipped, ...]

    def read(self, position: int) -> bytes:
        """The file's bytes. Raises UnreadablePhoto."""


def size_problem(n_bytes: int, limits: Limits) -> str | None:
    """Why a file of that size is left out, None when it is not."""
    if n_bytes == 0:
        return "empty file (0 bytes)"
    if n_bytes > limits.max_file_bytes:
        return f"{n_bytes:,} bytes, the limit for one photo is {limits.max_file_bytes:,}: make it smaller"
    return None


def check_number(n_photos: int, title: str, limits: Limits) -> None:
    """Raises ValueError when there are more photos than one set may have."""
    if n_photos > limits.max_photos:
        raise ValueError(
            f"{title} has more than {limits.max_photos:,} photos, the limit: give fewer, or raise max_photos"
        )
