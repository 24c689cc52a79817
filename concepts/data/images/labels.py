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
    a name that matches several classes equally matches none.
    """
    exact = _unique([unicodedata.normalize("NFC", name) for name in class_names])
    normal = _unique([normal_name(name) for name in class_names])
    return [_innermost(parents, exact, normal) for parents in folders]


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
