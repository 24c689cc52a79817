"""What a model is asked about: a dataset of photos today, of anything that has these methods."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, Self, TypeVar

Item = TypeVar("Item", covariant=True)  # what one of them is: a decoded photo, a text, a row of numbers


@dataclass(frozen=True)
class Skipped:
    """Something that looked like an item, or held some, and is not in the dataset, and why in one line."""

    name: str
    reason: str


class UnreadableItem(ValueError):  # noqa: N818 - it names what the caller holds: an item that cannot be read
    """An item that cannot be had, or is none. `reason` is one line; `name` is empty where it has none."""

    def __init__(self, reason: str, *, name: str = "") -> None:
        super().__init__(f"{name}: {reason}" if name else reason)
        self.reason = reason
        self.name = name


class Dataset(Protocol[Item]):
    """Items 0 … n − 1 in a fixed order. Nothing is read until it is asked for; any thread may ask.

    names: of each item, each once. source_name: what the whole is called. skipped: what its source holds beside the
    items. groups: for each item the name of the group that it came in (a photo's folder), None where it came in none.
    reading_limits: what decides, beside the contents, which items can be read: part of the keys of stored results.
    """

    @property
    def names(self) -> tuple[str, ...]: ...
    @property
    def source_name(self) -> str: ...
    @property
    def skipped(self) -> tuple[Skipped, ...]: ...
    @property
    def groups(self) -> tuple[str | None, ...]: ...
    @property
    def reading_limits(self) -> Mapping[str, int]: ...

    def __len__(self) -> int: ...

    def labels(self, class_names: Sequence[str]) -> list[int | None]:
        """For each item the class that it is known to be of, None where that is not known."""
        ...

    def fingerprint(self) -> str:
        """A hash of names and contents in order: the same items elsewhere give the same."""
        ...

    def open(self, i: int) -> Item:
        """Item i, as a model's card prepares it. Raises UnreadableItem, or IndexError outside 0 … n − 1."""
        ...

    def preview(self, i: int) -> bytes:
        """What a person is shown of item i, JPEG. Raises as `open` does."""
        ...

    def subset(self, indices: Iterable[int]) -> Self:
        """The items at these indices, in that order, counted from 0 anew. Raises IndexError outside 0 … n − 1."""
        ...


def group_names(dataset: Dataset[object]) -> tuple[str, ...]:
    """The names of the groups, sorted, each once: class names where the model has none."""
    return tuple(sorted({group for group in dataset.groups if group is not None}))
