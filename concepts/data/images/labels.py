"""Class labels of photos: from a list or a dataset that gives them, or from their folders and names."""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import PurePosixPath

from concepts.data.images.names import RESERVED, safe_folder
from concepts.data.images.wnids import wnid_at_start, wnid_classes

Indices = list[int | None]


class LabelSource(StrEnum):
    """Where the labels of photos or texts come from, as a short phrase for a report."""

    FOLDERS = "folder names"
    FOLDER_NUMBERS = "folder numbers"
    WNIDS = "ImageNet's wnids"
    LIST = "the list's labels"
    LIST_NUMBERS = "the list's numbers"
    DATASET = "the dataset's labels"
    DATASET_NUMBERS = "the dataset's numbers"
    TABLE = "the table's labels"
    TABLE_NUMBERS = "the table's numbers"
    NOWHERE = "nowhere"


@dataclass(frozen=True)
class GivenLabels:
    """What a list or a dataset says of each of its photos: a class name or a whole number, None without a label.

    classes: the names of all classes in the order of their indices; () where that is not known. are_numbers: True for
    numbers of classes, as datasets have them, which are no names even where classes are named by numbers.
    """

    names: tuple[str | None, ...]
    source: LabelSource
    numbers_source: LabelSource
    classes: tuple[str, ...] = ()
    are_numbers: bool = False


@dataclass(frozen=True)
class Labels:
    """For each photo the index of its class, None where it is not known, and where the indices come from."""

    indices: Indices
    source: LabelSource


def normal_name(name: str) -> str:
    """The normal form for comparisons: lower case, accents folded, spaces, underscores and hyphens as one space."""
    letters = unicodedata.normalize("NFKD", name.casefold())
    folded = "".join(c for c in letters if not unicodedata.combining(c))
    return re.sub(r"[\s_\-]+", " ", folded).strip()


def folder_labels(root: str, names: Sequence[str], class_names: Sequence[str]) -> Labels:
    """The class of each photo by its folders: the innermost that names one, by name or wnid; `root` is the outermost.

    names: each photo's path below `root`, with forward slashes. An exact match takes precedence over other forms, so
    that "Cardigan" (the dog) and "cardigan" are distinguished; a name that matches several classes equally matches
    none. The folders AC_DC, AC-DC and ACDC stand for the class "AC/DC". Where no folder names a class, the wnids at the
    start of the files' own names do; where there are none, folders called by whole numbers from 0 to n − 1 are the
    indices of classes.
    """
    folders = [(root, *PurePosixPath(name).parent.parts) for name in names]
    by_name, by_wnid = _by_name(class_names), _by_wnid(class_names)
    found = [_innermost(parents, lambda folder: _first_of(by_name(folder), by_wnid(folder))) for parents in folders]
    if _any(found):
        named = [_innermost(parents, by_name) for parents in folders]
        return Labels(found, LabelSource.FOLDERS if found == named else LabelSource.WNIDS)
    if _any(by_file := [by_wnid(PurePosixPath(name).name) for name in names]):
        return Labels(by_file, LabelSource.WNIDS)
    if _any(numbers := _folder_numbers(folders, len(class_names))):
        return Labels(numbers, LabelSource.FOLDER_NUMBERS)
    return Labels(found, LabelSource.NOWHERE)


def folder_class(folder: str, class_names: Sequence[str]) -> int | None:
    """The class that a folder of this name stands for, by name or wnid; None where it is none's, or several classes'.

    For one name; `folder_labels` looks many up.
    """
    return _first_of(_by_name(class_names)(folder), _by_wnid(class_names)(folder))


def given_labels(given: GivenLabels, class_names: Sequence[str]) -> Labels:
    """The class of each photo by its given label: by name, else by wnid, else by number; by number first where the
    labels are numbers of classes.

    A label's number is itself where all labels are whole numbers below the number of classes, or its place in
    given.classes where there are as many of them as the model has.
    """
    ways = [
        (_by_name(class_names), given.source),
        (_by_wnid(class_names), LabelSource.WNIDS),
        (_by_number(given, len(class_names)), given.numbers_source),
    ]
    for lookup, source in reversed(ways) if given.are_numbers else ways:
        found = [None if name is None else lookup(name) for name in given.names]
        if _any(found):
            return Labels(found, source)
    return Labels([None] * len(given.names), LabelSource.NOWHERE)


def in_class_order(names: Sequence[str]) -> tuple[str, ...]:
    """Names of all classes in the order of their indices: by number where they are 0 … n − 1, else as they are."""
    return tuple(sorted(names, key=int)) if are_indices(names) else tuple(names)


def are_indices(names: Sequence[str]) -> bool:
    """True where the names are the whole numbers 0 … n − 1, in any order."""
    numbers = [_number(name) for name in names]
    return None not in numbers and set(numbers) == set(range(len(names)))


def _by_name(class_names: Sequence[str]) -> Callable[[str], int | None]:
    exact = _unique([{unicodedata.normalize("NFC", name)} for name in class_names])
    forms = _unique([_forms(name) for name in class_names])
    return cache(lambda name: exact.get(unicodedata.normalize("NFC", name), forms.get(normal_name(name))))


def _forms(name: str) -> set[str]:
    """The normal forms of a class name and of the folders that stand for it.

    A file system may refuse characters such as / : ? and dots at the end: they are left out, or replaced by a space,
    underscore or hyphen; uploads lie in the class's `safe_folder`.
    """
    folders = (safe_folder(name), RESERVED.sub("", name).rstrip(" ."))
    return {normal_name(form) for form in (name, *folders)}


def _by_wnid(class_names: Sequence[str]) -> Callable[[str], int | None]:
    classes = wnid_classes(class_names)
    return lambda name: classes.get(wnid_at_start(name) or "")


def _by_number(given: GivenLabels, n_classes: int) -> Callable[[str], int | None]:
    if len(given.classes) == n_classes:
        return {name: index for index, name in enumerate(given.classes)}.get
    known = {name: _number(name) for name in given.names if name is not None}
    fits = all(number is not None and number < n_classes for number in known.values())
    return known.get if fits else lambda name: None


def _folder_numbers(folders: Sequence[tuple[str, ...]], n_classes: int) -> Indices:
    """For each photo, the number of its folder, where all are numbers below `n_classes`, two at least; else None."""
    numbers = [_number(parents[-1]) for parents in folders]
    known = len(set(numbers)) > 1 and all(number is not None and number < n_classes for number in numbers)
    return numbers if known else [None] * len(folders)


def _number(name: str) -> int | None:
    """The whole number that is the name, in decimal digits; None for other names."""
    return int(name) if name.isascii() and name.isdecimal() else None


def _unique(forms: Sequence[set[str]]) -> dict[str, int]:
    """Index of the only class that has a form, for each form that is not empty."""
    counts = Counter(form for each in forms for form in each)
    return {form: index for index, each in enumerate(forms) for form in each if form and counts[form] == 1}


def _innermost(parents: tuple[str, ...], lookup: Callable[[str], int | None]) -> int | None:
    return next((label for folder in reversed(parents) if (label := lookup(folder)) is not None), None)


def _first_of(first: int | None, second: int | None) -> int | None:
    return second if first is None else first


def _any(found: Indices) -> bool:
    return any(label is not None for label in found)
