"""Datasets, arrays and lists in Python as Items: known by what they can do, so that no library is imported."""

import math
from collections.abc import Callable, Mapping
from typing import Protocol, runtime_checkable

from PIL import Image

from concepts.data.images.item_labels import (
    PICTURES,
    agree,
    class_order,
    given_by_dataset,
    item_label,
    item_picture,
    stored_labels,
)
from concepts.data.images.items import Items
from concepts.data.images.labels import GivenLabels
from concepts.data.images.listing import label_column
from concepts.data.images.pixels import Tensor

COMPARED = 8  # items whose labels are compared with the stored ones
PICTURE_FEATURE, LABEL_FEATURE = "Image", "ClassLabel"  # classes of Hugging Face's features


@runtime_checkable
class Indexed(Protocol):
    """A thing with a length, whose items have numbers: a dataset of torch, a list."""

    def __len__(self) -> int: ...
    def __getitem__(self, i: int, /) -> object: ...


@runtime_checkable
class Array(Protocol):
    """An array of NumPy, a tensor, or one on disk."""

    @property
    def shape(self) -> tuple[int, ...]: ...
    @property
    def dtype(self) -> object: ...
    def __getitem__(self, i: int, /) -> object: ...


@runtime_checkable
class Table(Protocol):
    """A dataset of Hugging Face's: rows by number, columns by name."""

    @property
    def column_names(self) -> list[str]: ...
    @property
    def features(self) -> Mapping[str, object]: ...
    def __len__(self) -> int: ...
    def __getitem__(self, key: int | str, /) -> object: ...


@runtime_checkable
class Column(Protocol):
    """A column of such a table."""

    @property
    def source(self) -> object: ...
    @property
    def column_name(self) -> str: ...
    def __len__(self) -> int: ...
    def __getitem__(self, i: int, /) -> object: ...


def items_of(source: object) -> Items | None:
    """The pictures of a dataset, an array, a list of pictures, or a table or column of Hugging Face's; None for other
    things. Raises ValueError, in one line, for one of these whose pictures cannot be told."""
    if isinstance(source, str | bytes | Mapping):
        return None
    if isinstance(source, Table):
        return _of_table(source, _picture_column(source))
    if isinstance(source, Column) and isinstance(source.source, Table):
        return _of_table(source.source, source.column_name)
    if isinstance(source, Array):
        return _of_array(source)
    if isinstance(source, Indexed) and not isinstance(source, Image.Image):
        return _of_dataset(source)
    return None


def _of_array(array: Array) -> Items:
    """The pictures along the first axis of (n, H, W), (n, H, W, c) or (n, c, H, W)."""
    shape, kind = tuple(array.shape), type(array).__name__
    if len(shape) == 1:
        raise ValueError(f"the {kind} of {shape[0]:,} things is no array of pictures: give a list of pictures or files")
    if len(shape) not in (3, 4) or 0 in shape:
        raise ValueError(f"an array of photos has the shape {shape}, expected (n, H, W, 3), (n, 3, H, W) or (n, H, W)")
    if len(shape) == 3 and shape[0 if isinstance(array, Tensor) else 2] in (1, 3, 4):
        raise ValueError(f"the shape {shape} looks like one picture: give a list of it, or the shape (n, H, W, 1)")
    return Items(f"the {kind} of {shape[0]:,} pictures", kind, shape[0], lambda i: array[i])


def _of_dataset(dataset: Indexed) -> Items | None:
    """The items of a dataset of torch or of a list: pictures, pairs of a picture and a label, or rows of both."""
    kind = type(dataset).__name__
    try:
        n = len(dataset)
    except (TypeError, NotImplementedError):
        return None
    title = f"the {kind} of {n:,} items"
    return Items(title, kind, n, lambda i: item_picture(dataset[i]), _labels(dataset, n)) if n else None


def _labels(dataset: Indexed, n: int) -> GivenLabels | None:
    """As stored by the dataset, unless items have others; else each item is read once, unless the first has none."""
    read, stored, classes = _label_of(dataset), stored_labels(dataset, n), class_order(dataset)
    if stored is not None and all(agree(stored[i], read(i)) for i in range(0, n, math.ceil(n / COMPARED))):
        return given_by_dataset(stored, classes)
    return None if read(0) is None else given_by_dataset(map(read, range(n)), classes)


def _label_of(dataset: Indexed) -> Callable[[int], object]:
    def read(i: int) -> object:
        try:
            return item_label(dataset[i])
        except Exception:  # an item that cannot be read has no label; reading it later says why
            return None

    return read


def _of_table(table: Table, pictures: str) -> Items:
    """The pictures of that column, with the labels of a column of class labels, or of one so named."""
    n, column = len(table), _label_column(table, pictures)
    names = getattr(table.features.get(column or ""), "names", None)
    classes = tuple(names) if isinstance(names, list | tuple) else ()
    values = table[column] if column is not None else None
    labels = given_by_dataset((values[i] for i in range(n)), classes) if isinstance(values, Indexed) else None
    return Items(f"the column {pictures!r} of {n:,} rows", pictures, n, lambda i: _cell(table[i], pictures), labels)


def _cell(row: object, column: str) -> object:
    return row[column] if isinstance(row, Mapping) else row


def _picture_column(table: Table) -> str:
    """The column of pictures by its feature, else by its name. Raises ValueError where there is none."""
    featured = [name for name, feature in table.features.items() if type(feature).__name__ == PICTURE_FEATURE]
    named = [name for name in PICTURES if name in table.column_names]
    if not featured + named:
        raise ValueError(
            f"none of the columns {', '.join(table.column_names)} holds pictures: give the column itself, "
            "dataset[NAME], or name it image"
        )
    return (featured + named)[0]


def _label_column(table: Table, pictures: str) -> str | None:
    featured = [name for name, feature in table.features.items() if type(feature).__name__ == LABEL_FEATURE]
    if featured:
        return featured[0]
    names = list(table.column_names)
    place = label_column(names, names.index(pictures))
    return names[place] if place >= 0 else None
