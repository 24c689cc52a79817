"""The parts of a photo set: Photo, UnreadablePhoto, and the Limits on reading."""

from dataclasses import dataclass, fields

from concepts.data.dataset import UnreadableItem


@dataclass(frozen=True)
class Limits:
    """Upper limits on reading. The defaults suit a user's own files; a public page passes smaller numbers.

    max_bytes: total of the photos in one zip or upload, uncompressed. max_photos: photos in one set.
    max_pixels: width × height of one photo. max_file_bytes: one photo's file. max_total_pixels: width × height summed
    over the photos of an upload, each as often as it is decoded; other sets are not held to it.
    Raises ValueError for a limit below 1.
    """

    max_bytes: int = 8 * 2**30
    max_photos: int = 1_500_000  # enough for ImageNet's training set
    max_pixels: int = 80_000_000  # below 89 million, from which Pillow itself warns
    max_file_bytes: int = 128 * 2**20
    max_total_pixels: int = 10**13

    def __post_init__(self) -> None:
        for field in fields(self):
            if getattr(self, field.name) < 1:
                raise ValueError(f"{field.name} is {getattr(self, field.name)}: a limit is 1 or more")


DEFAULT_LIMITS = Limits()


@dataclass(frozen=True)
class Photo:
    """One photo of a set: its path relative to the source, with forward slashes, and its index in the set."""

    name: str
    index: int


class UnreadablePhoto(UnreadableItem):
    """Raised for a photo whose bytes cannot be read or are not a picture. `name` is empty for bare bytes."""
