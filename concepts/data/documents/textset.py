"""A set of texts in a fixed order."""

import hashlib
import operator
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import PurePosixPath
from typing import ClassVar

from concepts.data.dataset import ItemKind, Skipped, group_names
from concepts.data.documents.cells import cell_text, label_of
from concepts.data.documents.checking import sifted
from concepts.data.documents.columns import Columns
from concepts.data.documents.limits import DEFAULT_LIMITS, TextLimits, check_number
from concepts.data.documents.raw_table import listed, row_name
from concepts.data.images.labels import (
    GivenLabels,
    Labels,
    LabelSource,
    are_indices,
    folder_labels,
    given_labels,
    in_class_order,
)
from concepts.data.texts import one_line

DIGEST_BYTES = 16
LONGEST_NAME = 200  # characters
SHOWN = 5  # maximum number of labels or skipped texts in a description

Metadata = Mapping[str, tuple[str | None, ...]]


@dataclass(frozen=True)
class Part:
    """Where a sentence is from: the index of its document among those that were split, and its characters there."""

    document: int
    start: int
    stop: int


@dataclass(frozen=True, eq=False, repr=False)
class TextSet:
    """Texts 0 … n − 1, held in memory; nothing is changed once it is made, so that any thread can read.

    names: one unique name per text. source_name: of the file or folder, without extension. given: the labels of a table
    or of the caller; None where folders name the classes, or nothing does. in_folders: whether names are paths, whose
    folders are labels. metadata: by column, one value for each text, None where it is empty. parts: of sentences, where
    each is from; () for whole texts. columns: those of the table that it was read from. notes: what was decided about
    the source, one line each. Made by `open_texts`, `TextSet.of` and `split_documents`.
    """

    texts: tuple[str, ...]
    names: tuple[str, ...]
    source_name: str
    given: GivenLabels | None = None
    in_folders: bool = False
    metadata: Metadata = field(default_factory=dict)
    parts: tuple[Part, ...] = ()
    columns: Columns | None = None
    skipped: tuple[Skipped, ...] = ()
    notes: tuple[str, ...] = ()
    limits: TextLimits = DEFAULT_LIMITS

    kind: ClassVar[ItemKind] = "texts"

    @classmethod
    def of(
        cls,
        texts: Sequence[str],
        *,
        labels: Sequence[str | int | None] | None = None,
        names: Sequence[str] | None = None,
        metadata: Mapping[str, Sequence[object]] | None = None,
        source_name: str = "texts",
        limits: TextLimits = DEFAULT_LIMITS,
    ) -> "TextSet":
        """The set of these texts; those that cannot be used are left out and named, as in `open_texts`.

        labels: a class name or index for each, None without one. names: "row 1", "row 2" without. metadata: columns of
        values, one for each text. Raises ValueError for other lengths, equal names, too many texts, and none.
        """
        check_number(len(texts), f"the list of {len(texts):,} texts", limits)
        called = tuple(map(row_name, range(1, len(texts) + 1))) if names is None else clean_names(names)
        _check_given(len(texts), called, {"labels": labels, **(metadata or {})})
        kept, problems = sifted(texts, limits)
        skipped = listed([Skipped(called[i], problem) for i, problem in problems.items()])
        if not kept:
            raise ValueError(f"no text is left in {source_name}{first_skipped(skipped)}")
        return cls(
            texts=tuple(texts[i] for i in kept),
            names=tuple(called[i] for i in kept),
            source_name=source_name,
            given=None if labels is None else _given([labels[i] for i in kept]),
            metadata={name: tuple(cell_text(cells[i]) for i in kept) for name, cells in (metadata or {}).items()},
            skipped=skipped,
            limits=limits,
        )

    def __len__(self) -> int:
        return len(self.texts)

    def __repr__(self) -> str:
        return f"<TextSet: {self.describe()}>"

    @cached_property
    def groups(self) -> tuple[str | None, ...]:
        """For each text, its label as the source has it; in folders, its innermost folder; None without one."""
        if self.given is not None:
            return self.given.names
        return tuple(_innermost(name) for name in self.names) if self.in_folders else (None,) * len(self)

    @property
    def class_order(self) -> tuple[str, ...]:
        """The names of all classes in the order of their indices where they are known, else ()."""
        if self.given is not None and self.given.classes:
            return self.given.classes
        names = tuple({group for group in self.groups if group is not None})
        return in_class_order(names) if names and are_indices(names) else ()

    @property
    def reading_limits(self) -> dict[str, int]:
        """The maximum number of characters of a text that is read."""
        return {"max_characters": self.limits.max_characters}

    def labels(self, class_names: Sequence[str]) -> list[int | None]:
        """For each text, the index of its class, None where it is not known.

        The class is named by the label, compared as photos' folders are: case, accents, and spaces, underscores or
        hyphens are ignored. Labels that are whole numbers below the number of classes are indices where they name no
        class; so are other labels in the order of `class_order`, where the model has equally many classes.
        """
        return self._labels(class_names).indices

    def label_source(self, class_names: Sequence[str]) -> str:
        """Where `labels` come from, such as "the table's labels": the phrases of LabelSource."""
        return str(self._labels(class_names).source)

    def open(self, i: int) -> str:
        """Text i, exactly as the source has it. Raises IndexError outside 0 … n − 1."""
        return self.texts[self._checked(i)]

    def preview(self, i: int) -> bytes:
        """Text i as UTF-8 bytes: what a person is shown of it. Raises IndexError outside 0 … n − 1."""
        return self.open(i).encode()

    def fingerprint(self) -> str:
        """BLAKE2b over names, texts and labels in order, in hex: equal for the same texts elsewhere."""
        return self._fingerprint

    def subset(self, indices: Iterable[int]) -> "TextSet":
        """The texts at these indices, in that order, renumbered from 0. Raises IndexError outside 0 … n − 1."""
        chosen = [self._checked(i) for i in indices]
        return replace(
            self,
            texts=tuple(self.texts[i] for i in chosen),
            names=tuple(self.names[i] for i in chosen),
            given=self.given and replace(self.given, names=tuple(self.given.names[i] for i in chosen)),
            metadata={name: tuple(cells[i] for i in chosen) for name, cells in self.metadata.items()},
            parts=tuple(self.parts[i] for i in chosen) if self.parts else (),
        )

    def describe(self) -> str:
        """One line with the number of texts, their labels, what was decided about the source, and what is left out."""
        groups = group_names(self)
        classes = f" of {len(groups):,} classes ({_first(groups)})" if groups else ""
        left_out = [f"{each.name}: {each.reason}" for each in self.skipped]
        skipped = f"{len(left_out):,} skipped ({_first(left_out)})" if left_out else ""
        return "; ".join(filter(None, (f"{len(self):,} texts{classes}", *self.notes, skipped)))

    @cached_property
    def _fingerprint(self) -> str:
        whole = hashlib.blake2b(digest_size=DIGEST_BYTES)
        labels = ("",) * len(self) if self.given is None else [f"@{label}" for label in self.given.names]
        for name, text, label in zip(self.names, self.texts, labels, strict=True):
            whole.update(f"{len(name)}:{name}={len(text)}:{text}{label}\n".encode())
        return whole.hexdigest()

    def _labels(self, class_names: Sequence[str]) -> Labels:
        if self.given is not None:
            return given_labels(self.given, class_names)
        if self.in_folders:
            return folder_labels(self.source_name, self.names, class_names)
        return Labels([None] * len(self), LabelSource.NOWHERE)

    def _checked(self, i: int) -> int:
        index = operator.index(i)
        if not 0 <= index < len(self):
            raise IndexError(f"text {index} was asked for, the set has 0 to {len(self) - 1}")
        return index


def clean_names(names: Iterable[object]) -> tuple[str, ...]:
    """Names in one line of at most 200 characters each."""
    return tuple(one_line(name, LONGEST_NAME) for name in names)


def table_labels(names: tuple[str | None, ...], classes: tuple[str, ...] = ()) -> GivenLabels | None:
    """The labels of a table, None where no row has one."""
    if all(name is None for name in names):
        return None
    return GivenLabels(names, LabelSource.TABLE, LabelSource.TABLE_NUMBERS, classes)


def first_skipped(skipped: Sequence[Skipped]) -> str:
    """The first of the texts left out, as the end of a message; "" without one."""
    return f"; the first: {skipped[0].name}: {skipped[0].reason}" if skipped else ""


def _check_given(n: int, names: Sequence[str], columns: Mapping[str, Sequence[object] | None]) -> None:
    for what, values in {"names": names, **columns}.items():
        if values is not None and len(values) != n:
            raise ValueError(f"{what} has {len(values):,} values for {n:,} texts: give one for each")
    if twice := next((name for name, count in Counter(names).items() if count > 1), None):
        raise ValueError(f"two texts are called {twice!r}: give names that are all different")


def _given(labels: Sequence[str | int | None]) -> GivenLabels | None:
    names = tuple(map(label_of, labels))
    if all(name is None for name in names):
        return None
    are_numbers = not any(isinstance(label, str) for label in labels)
    return GivenLabels(names, LabelSource.DATASET, LabelSource.DATASET_NUMBERS, are_numbers=are_numbers)


def _innermost(name: str) -> str | None:
    parents = PurePosixPath(name).parent.parts
    return parents[-1] if parents else None


def _first(texts: Sequence[str]) -> str:
    return ", ".join(texts[:SHOWN]) + (", …" if len(texts) > SHOWN else "")
