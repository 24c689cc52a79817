"""Class names given by the user: a sequence, names between commas, or a file of names."""

import csv
import os
from collections.abc import Sequence, Sized
from pathlib import Path

from concepts.models.classifiers.name_files import names_in_file


def read_class_names(given: Sequence[str] | str | Path, n_classes: int | None) -> tuple[str, ...]:
    """The names in class order.

    given: names, the path of a file of names (`name_files`), or, where no file has that name, names between commas.
    Raises ValueError when the file cannot be read as such, or when the number of names is not n_classes.
    """
    if isinstance(given, str) and "," in given and not os.path.exists(given):
        names = tuple(name.strip() for name in next(csv.reader([given], skipinitialspace=True)))
    elif isinstance(given, str | Path):
        names = names_in_file(Path(given))
    else:
        names = tuple(str(name) for name in given)
    check_count(names, n_classes)
    return names


def check_count(names: Sized, n_classes: int | None) -> None:
    """Raises ValueError when the number of names is not n_classes (None: not known)."""
    if n_classes is not None and len(names) != n_classes:
        raise ValueError(f"{len(names)} class names for {n_classes} classes: give exactly one a class, in class order")
