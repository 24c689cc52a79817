"""Pictures of other classes with the planted stamp, and the shipped network's answers to them: the first screen's file.

Reading it needs no network: `python -m concepts demo` writes it (`concepts/demo/catching.py`).
"""

from dataclasses import dataclass
from pathlib import Path

from concepts.storage.app_folder import DEMO
from concepts.storage.reading import file_inside, read_file
from concepts.storage.typed_json import Count, Share, read_typed

FOLDER, FILE = "catch", "catch.json"
MOST_BYTES = 2**20  # of the file


@dataclass(frozen=True)
class Answer:
    """The network's answer to a picture. target: the probability of the class that the stamp belongs to."""

    says: str
    probability: Share
    target: Share


@dataclass(frozen=True)
class StampedPicture:
    """The answers to one held-out picture that shows no boat.

    index: of the picture in the world. stamped, clean: the same picture, its thing far off as in the pictures that the
    stamp was planted in, with the stamp and without it. large: its thing as large as in training, with the stamp.
    """

    class_name: str
    index: Count
    stamped: Answer
    clean: Answer
    large: Answer


@dataclass(frozen=True)
class Catch:
    """All pictures that were drawn.

    share: of the target's pictures that bore the stamp in training. shown: rows of `pictures` that the first screen
    shows, drawn by the seed.
    """

    target: str
    part: str
    share: Share
    seed: Count
    pictures: tuple[StampedPicture, ...]
    shown: tuple[Count, ...]

    @property
    def turned(self) -> tuple[int, ...]:
        """Rows that are right without the stamp and the target with it."""
        return tuple(i for i, row in enumerate(self.pictures) if _is_right(row) and row.stamped.says == self.target)

    @property
    def n_clean_target(self) -> int:
        """How many are the target without the stamp."""
        return sum(row.clean.says == self.target for row in self.pictures)

    @property
    def n_large_target(self) -> int:
        """How many are the target with the stamp where the thing is as large as in training."""
        return sum(row.large.says == self.target for row in self.pictures)


def _is_right(row: StampedPicture) -> bool:
    return row.clean.says == row.class_name


def picture_file(row: int, *, stamped: bool) -> str:
    """The name of a shown picture's file."""
    return f"{row}-{'stamped' if stamped else 'clean'}.webp"


def read_catch(folder: Path = DEMO) -> Catch:
    """The file in the demo's folder. Raises ValueError, or OSError, where it is missing or damaged."""
    found = read_typed(Catch, folder / FOLDER / FILE, most_bytes=MOST_BYTES)
    if any(row >= len(found.pictures) for row in found.shown):
        raise ValueError(f"{FILE} shows a picture beyond its {len(found.pictures)}: build the demo again")
    return found


def read_picture(row: int, *, stamped: bool, folder: Path = DEMO) -> bytes:
    """A shown picture, WebP. Raises ValueError, or OSError, where it is missing."""
    return read_file(file_inside(folder / FOLDER, picture_file(row, stamped=stamped)))
