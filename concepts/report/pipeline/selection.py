"""Selection of a report's photos, and their classes."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image

from concepts.data.dataset import Dataset, group_names
from concepts.data.images.labels import in_class_order
from concepts.models import Split
from concepts.models.target import Target
from concepts.report.settings import ReportSettings

SHOWN = 8  # folders that an error names


@dataclass(frozen=True)
class Selection:
    """The photos of a report and their classes; a label is None if the photo is in no class folder."""

    photos: Dataset[Image.Image]
    labels: tuple[int | None, ...]
    class_names: tuple[str, ...]


def names_of_classes(split: Split, photos: Dataset[object]) -> tuple[str, ...]:
    """The model's class names; if it has none, the folder names if there is one per class, else "class 0" and so on.

    Folders 0 … n − 1 are in the order of their numbers, other folders in that of their names.
    """
    if names := split.outputs.names(split.card.class_names, split.n_classes):
        return names
    folders = group_names(photos)
    return (
        in_class_order(folders)
        if len(folders) == split.n_classes
        else tuple(f"class {i}" for i in range(split.n_classes))
    )


def choose_photos(
    photos: Dataset[Image.Image], target: Target, class_names: tuple[str, ...], settings: ReportSettings
) -> Selection:
    """The photos in the target's class folders; all photos with `photos="all"`, or if there are no class folders.

    If there is one folder or none, and it names no class, all photos are used. Raises ValueError if there are several
    folders and none names a class, if folders name classes but the target's has no photos, or if there are fewer
    photos than concepts.
    """
    labels = photos.labels(class_names)
    named = any(label is not None for label in labels)
    if settings.photos == "class" and not named and len(groups := group_names(photos)) > 1:
        raise ValueError(_no_class(groups, class_names))
    if settings.photos == "class" and named:
        members = [i for i, label in enumerate(labels) if label in target.indices]
        if not members:
            raise ValueError(_no_photos(target, labels, class_names))
        photos, labels = photos.subset(members), [labels[i] for i in members]
    if len(photos) < settings.n_concepts:
        raise ValueError(
            f"{target.label} has {len(photos)} photos, fewer than the {settings.n_concepts} concepts asked for: "
            "add photos or ask for fewer concepts"
        )
    return Selection(photos, tuple(labels), class_names)


def _no_class(folders: Sequence[str], class_names: Sequence[str]) -> str:
    shown = ", ".join(folders[:SHOWN]) + (f" and {len(folders) - SHOWN} more" if len(folders) > SHOWN else "")
    classes = ", ".join(class_names[:3])
    return (
        f"none of the {len(folders)} folders ({shown}) has the name of a class of the model ({classes}, …): rename "
        "them to class names, give names that fit (--classes), open one folder alone, or take all photos (--photos all)"
    )


def _no_photos(target: Target, labels: Sequence[int | None], class_names: Sequence[str]) -> str:
    found = Counter(class_names[label] for label in labels if label is not None)
    there = ", ".join(f"{name} ({count})" for name, count in found.most_common(8))
    return f"no photo lies in a folder called {target.label!r}; the folders hold {there}: choose one, or add photos"
