"""The Dataset protocol: photos today, or anything with these methods."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, Self, TypeVar

Item = TypeVar("Item", covariant=True)  # type of one item: a decoded photo, a text, a row of numbers
ItemKind = Literal["images", "texts"]  # how items are displayed: as pictures, or as texts


@dataclass(frozen=True)
class Skipped:
    """A file or folder that looked like an item or a container of items but is left out; `reason` is one line."""

    name: str
    reason: str


class UnreadableItem(ValueError):  # noqa: N818 - it names what the caller holds: an item that cannot be read
    """Raised for an item that cannot be read, or is not one. `reason` is one line; `name` is empty if there is none."""

    def __init__(self, reason: str, *, name: str = "") -> None:
        super().__init__(f"{name}: {reason}" if name else reason)
        self.reason = reason
        self.name = name


class SourceGoneError(ValueError):
    """Raised where items that were there can no longer be read, such as from a disk that was taken away: a result
    without them would be of other items than it says."""


class Dataset(Protocol[Item]):
    """Items 0 … n − 1 in a fixed order. Items are read on demand, from any thread.

    kind: "images" where `preview` gives pictures, "texts" where it gives text. names: one unique name per item.
    source_name: name of the whole dataset. skipped: the parts of the source that are not items. groups: for each item,
    the name of its group (a photo's folder, a text's label), None without a group.
    reading_limits: limits that determine, beside the contents, which items can be read; part of stored results' keys.
    """

    @property
    def kind(self) -> ItemKind: ...
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
        """For each item, the index of its class, None where it is not known."""
        ...

    def fingerprint(self) -> str:
        """A hash of names and contents in order: equal for the same items elsewhere."""
        ...

    def open(self, i: int) -> Item:
        """Item i, as taken by `prepare` of a model's card. Raises UnreadableItem, or IndexError outside 0 … n − 1."""
        ...

    def preview(self, i: int) -> bytes:
        """What is displayed of item i: a picture, JPEG, or a text, UTF-8. Raises the same errors as `open`."""
        ...

    def subset(self, indices: Iterable[int]) -> Self:
        """The items at these indices, in that order, renumbered from 0. Raises IndexError outside 0 … n − 1."""
        ...


def group_names(dataset: Dataset[object]) -> tuple[str, ...]:
    """The distinct names of the groups, used as class names where the model has none.

    Sorted; in the order of the dataset's `class_order` where it has one.
    """
    place = {name: i for i, name in enumerate(getattr(dataset, "class_order", ()))}
    groups = {group for group in dataset.groups if group is not None}
    return tuple(sorted(groups, key=lambda group: (place.get(group, len(place)), group)))
