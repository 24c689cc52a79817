"""ImageNet's names for its classes: wnids such as n01440764, in the order of the 1,000 classes."""

import importlib.util
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path

IMAGENET = 1000  # classes
WNID = re.compile(r"n\d{8}(?![0-9a-z])", re.IGNORECASE)
FILE = Path("data", "_info", "imagenet_synsets.txt")  # in the package timm


def wnid_at_start(name: str) -> str | None:
    """The wnid that a folder or file name is or starts with ("n01440764", "n01440764-tench", "n01440764_18.JPEG"), in
    lower case; None for other names."""
    match = WNID.match(name)
    return match.group().lower() if match else None


def wnid_classes(class_names: Sequence[str]) -> dict[str, int]:
    """The class of each wnid: by the class names where all are or start with wnids, ImageNet's order where there are
    1,000 other names or "background" and 1,000, {} otherwise.

    {} also where timm, which ships that order, is not installed.
    """
    named = [wnid_at_start(name) for name in class_names]
    if named and None not in named:
        return {wnid: index for index, wnid in enumerate(named) if wnid is not None}
    first = int(len(class_names) == IMAGENET + 1 and class_names[0].casefold() == "background")
    if len(class_names) - first != IMAGENET:
        return {}
    return {wnid: index for index, wnid in enumerate(imagenet_wnids(), start=first)}


@cache
def imagenet_wnids() -> tuple[str, ...]:
    """The 1,000 wnids in class order, from a file of timm; () where timm is not installed. timm is not imported."""
    found = importlib.util.find_spec("timm")
    folders = found.submodule_search_locations if found else None
    file = Path(folders[0]) / FILE if folders else None
    return tuple(file.read_text(encoding="ascii").split()) if file and file.is_file() else ()
