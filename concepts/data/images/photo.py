"""What a photo set is made of: a photo, a photo that cannot be read, and the limits on all of them."""

from dataclasses import dataclass, fields

from concepts.data.dataset import UnreadableItem


@dataclass(frozen=True)
class Limits:
    """How much is read at most; a public page passes smaller numbers than these, which suit a user's own files.

    max_bytes: the photos of one zip or upload together, uncompressed. max_photos: photos in one set.
    max_pixels: width × height of one photo. max_file_bytes: one photo's file.
    Raises ValueError for a limit below 1.
    """

    max_bytes: int = 8 * 2**30
    max_photos: int = 1_500_000  # ImageNet's training photos fit
    max_pixels: int = 80_000_000  # below 89 million, where Pillow starts to warn by itself
    max_file_bytes: int = 128 * 2**20

    def __post_init__(self) -> None:
        for field in fields(self):
            if getattr(self, field.name) < 1:
                raise ValueError(f"{field.name} is {getattr(self, field.name)}: a limit is 1 or more")


DEFAULT_LIMITS = Limits()


@dataclass(frozen=True)
class Photo:
    """One photo of a set: its path relative to the source, with forward slashes, and its place in the set."""

    name: str
    index: int


class UnreadablePhoto(UnreadableItem):
    """A photo whose bytes cannot be had or are no picture. `name` is empty for bare bytes."""
