"""A dataset with others beside it, which are not of the class that is explained."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from typing import Any, Generic, TypeVar

from concepts.data.dataset import Dataset, ItemKind, Skipped, group_names

Item = TypeVar("Item")


@dataclass(frozen=True)
class WithOthers(Generic[Item]):
    """The items of `own`, then those of `others`; a `Dataset` itself.

    places: the chosen items, as indices of both together; None for all. The names of the others begin with the name of
    their source, so that all names are different. Without any other chosen, the fingerprint is that of `own`.
    """

    own: Dataset[Item]
    others: Dataset[Item]
    places: tuple[int, ...] | None = None

    @property
    def kind(self) -> ItemKind:
        return self.own.kind

    @property
    def names_of_others(self) -> tuple[str, ...]:
        """The names of all others, chosen or not, as they are called here."""
        return tuple(self._others_prefix + name for name in self.others.names)

    @cached_property
    def names(self) -> tuple[str, ...]:
        both = (*self.own.names, *self.names_of_others)
        return tuple(both[place] for place in self._places)

    @property
    def source_name(self) -> str:
        return self.own.source_name

    @property
    def skipped(self) -> tuple[Skipped, ...]:
        before = self._others_prefix
        return (*self.own.skipped, *(Skipped(before + each.name, each.reason) for each in self.others.skipped))

    @property
    def groups(self) -> tuple[str | None, ...]:
        both = (*self.own.groups, *self.others.groups)
        return tuple(both[place] for place in self._places)

    @property
    def reading_limits(self) -> Mapping[str, int]:
        limits = dict(self.own.reading_limits)
        return limits | dict(self.others.reading_limits) if any(self.is_other) else limits

    @cached_property
    def is_other(self) -> tuple[bool, ...]:
        """For each item, whether it is one of the others."""
        return tuple(place >= len(self.own) for place in self._places)

    def __len__(self) -> int:
        return len(self._places)

    def labels(self, class_names: Sequence[str]) -> list[int | None]:
        """For each item, the index of its class, None where it is not known."""
        both = [*self.own.labels(class_names), *self.others.labels(class_names)]
        return [both[place] for place in self._places]

    def fingerprint(self) -> str:
        """A hash of names and contents in order."""
        n, places = len(self.own), self._places
        own = self.own.subset(place for place in places if place < n).fingerprint()
        if not any(self.is_other):
            return own
        others = self.others.subset(place - n for place in places if place >= n).fingerprint()
        return blake2b(repr((own, others, self.is_other)).encode(), digest_size=16).hexdigest()

    def open(self, i: int) -> Item:
        """Item i. Raises UnreadableItem, or IndexError outside 0 … n − 1."""
        dataset, place = self.part_of(i)
        return dataset.open(place)

    def preview(self, i: int) -> bytes:
        """What is displayed of item i. Raises the same errors as `open`."""
        dataset, place = self.part_of(i)
        return dataset.preview(place)

    def subset(self, indices: Iterable[int]) -> "WithOthers[Item]":
        """The items at these indices, in that order, renumbered from 0. Raises IndexError outside 0 … n − 1."""
        return WithOthers(self.own, self.others, tuple(self._places[_checked(i, len(self))] for i in indices))

    def part_of(self, i: int) -> tuple[Dataset[Item], int]:
        """The part that item i is from, and its index there. Raises IndexError outside 0 … n − 1."""
        place, n = self._places[_checked(i, len(self))], len(self.own)
        return (self.own, place) if place < n else (self.others, place - n)

    def class_folders(self) -> tuple[str, ...]:
        """The distinct names of the groups, sorted; a part without groups counts by its own name."""
        parts = (group_names(part) or (part.source_name,) for part in (self.own, self.others))
        return tuple(sorted({name for names in parts for name in names}))

    @property
    def _places(self) -> Sequence[int]:
        return range(len(self.own) + len(self.others)) if self.places is None else self.places

    @cached_property
    def _others_prefix(self) -> str:
        """The source's name as a folder that none of the own items lies in."""
        folder = self.others.source_name
        while any(name.startswith(f"{folder}/") for name in self.own.names):
            folder += "+"
        return f"{folder}/"


def _checked(i: int, n: int) -> int:
    if not 0 <= i < n:
        raise IndexError(f"item {i} was asked for, the set has 0 to {n - 1}")
    return i


def part_of(items: Dataset[Any], i: int) -> tuple[Dataset[Any], int]:
    """The set that item i is from, and its index there."""
    return items.part_of(i) if isinstance(items, WithOthers) else (items, i)
