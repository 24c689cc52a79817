"""Class labels of photos from their folder names."""

import re
import unicodedata
from collections.abc import Sequence


def normal_name(name: str) -> str:
    """The normal form for comparisons: lower case, accents folded, spaces, underscores and hyphens as one space."""
    letters = unicodedata.normalize("NFKD", name.casefold())
    folded = "".join(c for c in letters if not unicodedata.combining(c))
    return re.sub(r"[\s_\-]+", " ", folded).strip()


def folder_labels(folders: Sequence[tuple[str, ...]], class_names: Sequence[str]) -> list[int | None]:
    """For each photo's parent folders, outermost first: the class named by the innermost matching one, else None.

    An exact match takes precedence over the normal form, so that "Cardigan" (the dog) and "cardigan" are distinguished;
    a name that matches several classes equally matches none. Where no folder names a class, folders called by whole
    numbers from 0 to n − 1 are the indices of classes.
    """
    exact = _unique([unicodedata.normalize("NFC", name) for name in class_names])
    normal = _unique([normal_name(name) for name in class_names])
    found = [_innermost(parents, exact, normal) for parents in folders]
    return _indices(folders, len(class_names)) if all(label is None for label in found) else found


def in_class_order(names: Sequence[str]) -> tuple[str, ...]:
    """Names of all classes in the order of their indices: by number where they are 0 … n − 1, else as they are."""
    return tuple(sorted(names, key=int)) if are_indices(names) else tuple(names)


def are_indices(names: Sequence[str]) -> bool:
    """True where the names are the whole numbers 0 … n − 1, in any order."""
    numbers = [_number(name) for name in names]
    return None not in numbers and set(numbers) == set(range(len(names)))


def _indices(folders: Sequence[tuple[str, ...]], n_classes: int) -> list[int | None]:
    """For each photo, the number of its folder, where all are numbers below `n_classes`, two at least; else None."""
    numbers = [_number(parents[-1]) if parents else None for parents in folders]
    known = len(set(numbers)) > 1 and all(number is not None and number < n_classes for number in numbers)
    return numbers if known else [None] * len(folders)


def _number(name: str) -> int | None:
    """The whole number that is the name, in decimal digits; None for other names."""
    return int(name) if name.isascii() and name.isdecimal() else None


def _unique(names: list[str]) -> dict[str, int]:
    """Index of each name that occurs once and is not empty."""
    counts: dict[str, int] = {}
    for name in names:
        counts[name] = counts.get(name, 0) + 1
    return {name: place for place, name in enumerate(names) if name and counts[name] == 1}


def _innermost(parents: tuple[str, ...], exact: dict[str, int], normal: dict[str, int]) -> int | None:
    for folder in reversed(parents):
        label = exact.get(unicodedata.normalize("NFC", folder), normal.get(normal_name(folder)))
        if label is not None:
            return label
    return None
