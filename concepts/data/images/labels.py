"""Which class does a photo's folder name say?"""

import re
import unicodedata
from collections.abc import Sequence


def normal_name(name: str) -> str:
    """The name as it is compared: lower case, accents folded, spaces, underscores and hyphens all one space."""
    letters = unicodedata.normalize("NFKD", name.casefold())
    folded = "".join(c for c in letters if not unicodedata.combining(c))
    return re.sub(r"[\s_\-]+", " ", folded).strip()


def folder_labels(folders: Sequence[tuple[str, ...]], class_names: Sequence[str]) -> list[int | None]:
    """For each photo's parent folders, outermost first: the class that the innermost matching one names, else None.

    A name as it is written counts before its normal form, so that "Cardigan" (the dog) and "cardigan" are told apart;
    a name that fits several classes equally fits none.
    """
    exact = _unique([unicodedata.normalize("NFC", name) for name in class_names])
    normal = _unique([normal_name(name) for name in class_names])
    return [_innermost(parents, exact, normal) for parents in folders]


def _unique(names: list[str]) -> dict[str, int]:
    """Place of each name that stands there once and is not empty."""
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
