"""Labels of the items of a dataset, and the order of its classes, by the customs of torch's datasets."""

import math
from collections.abc import Iterable, Mapping, Sequence

from concepts.data.images.labels import GivenLabels, LabelSource
from concepts.data.images.listing import label_column

TARGETS = ("targets", "labels")  # attributes of torchvision's datasets
PICTURES = ("image", "img", "picture", "photo", "pixels", "pixel_values")  # names of a row's picture


def item_picture(item: object) -> object:
    """The picture of an item: the first of a pair, the one so named of a row, or the item itself."""
    if isinstance(item, Mapping):
        return next((item[name] for name in PICTURES if name in item), item)
    return item[0] if isinstance(item, tuple | list) and item else item


def item_label(item: object) -> object:
    """The label of an item: the second of a pair, the one so named of a row; None without one."""
    if isinstance(item, Mapping):
        names = [str(name) for name in item]
        column = label_column(names, next((names.index(name) for name in PICTURES if name in names), -1))
        return item[names[column]] if column >= 0 else None
    return item[1] if isinstance(item, tuple | list) and len(item) > 1 else None


def given_by_dataset(labels: Iterable[object], classes: tuple[str, ...]) -> GivenLabels | None:
    """The labels as names: texts as they are, whole numbers by `classes` where there are any; None without a label."""
    kept = tuple(labels)
    names = tuple(_name(label, classes) for label in kept)
    if all(name is None for name in names):
        return None
    are_numbers = not classes and not any(isinstance(label, str) for label in kept)
    return GivenLabels(names, LabelSource.DATASET, LabelSource.DATASET_NUMBERS, classes, are_numbers)


def agree(stored: object, label: object) -> bool:
    """Whether an item has the label that is stored for it; True where the item has none."""
    return label is None or _name(stored, ()) == _name(label, ())


def class_order(dataset: object) -> tuple[str, ...]:
    """The names of a dataset's classes in the order of their numbers: its `classes` or `class_to_idx`, those of the
    dataset that it is a part of, or of the first of several; () where there are none. Of synonyms the first counts."""
    classes = getattr(dataset, "classes", None)
    if isinstance(classes, list | tuple) and classes:
        firsts = [name[0] if isinstance(name, tuple) and name else name for name in classes]
        return tuple(firsts) if all(isinstance(name, str) for name in firsts) else ()
    places = getattr(dataset, "class_to_idx", None)
    if isinstance(places, Mapping) and sorted(places.values()) == list(range(len(places))):
        return tuple(sorted(map(str, places), key=lambda name: places[name]))
    parts = getattr(dataset, "datasets", None)
    inner = getattr(dataset, "dataset", None) if not isinstance(parts, Sequence) or not parts else parts[0]
    return () if inner is None else class_order(inner)


def stored_labels(dataset: object, n: int) -> list[object] | None:
    """The labels of all n items as a dataset of torch keeps them, so that no picture is read; None where it does not.

    Of a part (`dataset`, `indices`) and of several in a row (`datasets`) too. Not where a `target_transform` changes
    them.
    """
    if getattr(dataset, "target_transform", None) is not None:
        return None
    parts, indices = getattr(dataset, "datasets", None), getattr(dataset, "indices", None)
    if isinstance(parts, Sequence):
        rows = [stored_labels(part, len(part)) for part in parts]
        return None if None in rows else [label for row in rows for label in row or ()]
    if indices is not None and (inner := getattr(dataset, "dataset", None)) is not None:
        whole = stored_labels(inner, len(inner))
        return None if whole is None else [whole[int(i)] for i in indices]
    for name in TARGETS:
        found = getattr(dataset, name, None)
        if found is not None and hasattr(found, "__len__") and len(found) == n:
            return list(found)
    return None


def _name(label: object, classes: tuple[str, ...]) -> str | None:
    """The label as a name; None for what is neither a text nor a whole number of a class."""
    if isinstance(label, str):
        return label
    number = _whole(label)
    if number is None or number < 0:
        return None
    if not classes:
        return str(number)
    return classes[number] if number < len(classes) else None


def _whole(label: object) -> int | None:
    """The whole number of an int, or of an array or a tensor of one number; None for other things."""
    value = label.item() if hasattr(label, "item") and math.prod(getattr(label, "shape", ())) == 1 else label
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return int(value) if isinstance(value, int) else None
