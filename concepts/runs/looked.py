"""What a first look at photos has found, in a file for each slice of them."""

from dataclasses import dataclass

from concepts.runs.run import RunFolder
from concepts.storage.typed_json import Label, read_typed, write_typed


@dataclass(frozen=True)
class Looked:
    """Of a slice of the photos: digests, None for one that cannot be read; answers: the class that the model answers
    each with, −1 where it has no answer; () where it was not asked."""

    digests: tuple[str | None, ...]
    answers: tuple[Label, ...] = ()


def read_look(folder: RunFolder, number: int) -> Looked:
    """What that look has found. Raises ValueError or OSError where it has not ended."""
    return read_typed(Looked, folder.look(number))


def has_looked(folder: RunFolder, number: int) -> bool:
    """Whether that look has ended, and what it found can be read."""
    try:
        read_look(folder, number)
    except (OSError, ValueError):
        return False
    return True


def write_look(folder: RunFolder, number: int, found: Looked) -> None:
    write_typed(folder.look(number), found)
