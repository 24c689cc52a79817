"""The Source protocol that a photo set reads from: names in order, and the bytes of each photo."""

from typing import Protocol

from concepts.data.dataset import Skipped
from concepts.data.images.labels import GivenLabels
from concepts.data.images.photo import Limits


class Source(Protocol):
    """A source of photos, listed once. `read` can be called from several threads."""

    title: str  # the source as given by the user, for messages
    root_name: str  # name of the folder that all names are relative to
    names: tuple[str, ...]
    skipped: tuple[Skipped, ...]
    labels: GivenLabels | None  # one for each name, in place of folders; None where folders name the classes

    def read(self, position: int) -> bytes:
        """The file's bytes. Raises UnreadablePhoto."""


def size_problem(n_bytes: int, limits: Limits) -> str | None:
    """The reason why a file of that size is left out, None if it is kept."""
    if n_bytes == 0:
        return "empty file (0 bytes)"
    if n_bytes > limits.max_file_bytes:
        return f"{n_bytes:,} bytes, the limit for one photo is {limits.max_file_bytes:,}: make it smaller"
    return None


def check_number(n_photos: int, title: str, limits: Limits) -> None:
    """Raises ValueError when there are more photos than the limit for one set."""
    if n_photos > limits.max_photos:
        raise ValueError(
            f"{title} has more than {limits.max_photos:,} photos, the limit: give fewer, or raise max_photos"
        )
