"""Selection of a report's photos, and their classes."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from concepts.data.dataset import Dataset, group_names
from concepts.data.documents.textset import TextSet
from concepts.data.images.labels import LabelSource, are_indices, in_class_order
from concepts.data.images.photoset import PhotoSet
from concepts.data.images.wnids import IMAGENET
from concepts.data.nouns import PHOTO, TEXT, noun_of
from concepts.data.others import WithOthers
from concepts.models.classifiers.imagenet import imagenet_names
from concepts.models.splitting.base import SplitModel
from concepts.models.target import Target, TargetSpec, resolve_target
from concepts.numerics.counted import counted, listed
from concepts.report.class_names import FROM_FOLDERS, NamesFrom
from concepts.report.pipeline.labelled_photos import LabelledPhotos, label_photos
from concepts.report.settings import ReportSettings

SHOWN = 8  # folders or labels that an error names
FEWEST = 2  # photos of a report: it compares them


@dataclass(frozen=True)
class Selection:
    """The photos of a report and their classes; a label is None if the photo is in no class folder.

    is_other: True for a photo of another class, known or not. known: all photos, chosen or not, with their classes.
    """

    photos: Dataset[Any]
    labels: tuple[int | None, ...]
    class_names: tuple[str, ...]
    is_other: tuple[bool, ...]
    known: LabelledPhotos


def names_from(split: SplitModel, photos: Dataset[object]) -> NamesFrom:
    """Where the names of the model's classes come from: a dataset or the folders only if they name as many classes.

    ImageNet's where its wnids label the photos of a model of 1,000 classes. None of them names quantities.
    """
    if split.card.class_names:
        return "given" if split.card.names_given else "model"
    if split.outputs.kind == "regression":
        return "none"
    if len(_dataset_names(photos)) == split.n_classes:
        return "dataset"
    if split.n_classes == IMAGENET and label_source(photos, _numbered(IMAGENET)) == LabelSource.WNIDS:
        return "wnids"
    folders = _class_folders(photos)
    if len(folders) != split.n_classes:
        return "none"
    return "folder numbers" if are_indices(folders) else "folder names"


def names_of_classes(split: SplitModel, photos: Dataset[object]) -> tuple[str, ...]:
    """The model's class names; if it has none, the dataset's, ImageNet's, or those of the folders (`names_from`).

    Otherwise "class 0" and so on. Folders 0 … n − 1 are in the order of their numbers, other folders in that of their
    names.
    """
    if names := split.outputs.names(split.card.class_names, split.n_classes):
        return names
    source = names_from(split, photos)
    if source == "dataset":
        return _dataset_names(photos)
    if source == "wnids":
        return imagenet_names()
    if source in FROM_FOLDERS:
        return in_class_order(_class_folders(photos))
    return _numbered(split.n_classes)


def named_target(split: SplitModel, photos: Dataset[object], spec: TargetSpec) -> tuple[tuple[str, ...], Target]:
    """The names of the model's classes, and the target among them.

    Raises ValueError where no class has that name; where the model has no names and the folders of the photos are not
    one a class, the line says so.
    """
    names = names_of_classes(split, photos)
    try:
        return names, resolve_target(spec, names, split.n_classes)
    except ValueError as error:
        folders = _class_folders(photos)
        if len(folders) > 1 and _is_numbered(names):
            raise ValueError(f"{error}; {_unnamed(folders, split.n_classes, noun_of(photos.kind))}") from error
        raise


def _numbered(n_classes: int) -> tuple[str, ...]:
    return tuple(f"class {i}" for i in range(n_classes))


def _is_numbered(class_names: Sequence[str]) -> bool:
    return tuple(class_names) == _numbered(len(class_names))


def _unnamed(folders: Sequence[str], n_classes: int, noun: str) -> str:
    if noun == TEXT:
        return (
            f"the model has {n_classes} classes without names, and the texts have {len(folders)} labels "
            f"({listed(folders, SHOWN)}): give the names of all {n_classes} in the order of its outputs (--classes)"
        )
    return (
        f"the model has {n_classes} classes without names, and the photos lie in {len(folders)} folders "
        f"({listed(folders, SHOWN)}): give the names of all {n_classes} in the order of its outputs (--classes), or "
        "open one folder alone and choose its class by number"
    )


def label_source(photos: Dataset[object], class_names: Sequence[str]) -> str | None:
    """Where the labels of photos come from, as a phrase of LabelSource; None for a dataset that does not state it."""
    own = photos.own if isinstance(photos, WithOthers) else photos
    return own.label_source(class_names) if isinstance(own, PhotoSet | TextSet) else None


def _dataset_names(photos: Dataset[object]) -> tuple[str, ...]:
    """The names of all classes in the order of their indices, where photos come from a dataset that gives them."""
    return photos.class_order if isinstance(photos, PhotoSet) else ()


def _class_folders(photos: Dataset[object]) -> tuple[str, ...]:
    return photos.class_folders() if isinstance(photos, WithOthers) else group_names(photos)


def choose_photos(
    photos: Dataset[Any], target: Target, class_names: tuple[str, ...], settings: ReportSettings
) -> Selection:
    """The photos in the target's class folders; all photos with `photos="all"`, or if there are no class folders.

    If there is one folder or none, and it names no class, all photos are used. Photos of other classes (`WithOthers`)
    are used with `photos="all"` only. Raises ValueError if there are several folders and none names a class, if folders
    name classes but the target's has no photos, or if there are fewer photos than concepts or than two.
    """
    known = label_photos(photos, target, class_names)
    members = _of_target(known, target, class_names) if settings.photos == "class" else list(range(len(known.photos)))
    if len(members) < max(settings.n_concepts, FEWEST):
        noun = noun_of(photos.kind)
        raise ValueError(f"{target.label} has {too_few(len(members), settings.n_concepts, noun)}")
    chosen = known.photos if len(members) == len(known.photos) else known.photos.subset(members)
    labels, is_other = tuple(known.labels[i] for i in members), tuple(known.is_other[i] for i in members)
    return Selection(chosen, labels, class_names, is_other, known)


def too_few(n_items: int, n_concepts: int, noun: str = PHOTO) -> str:
    """How many photos or texts there are, why that is too few, and what to do."""
    there = counted(n_items, noun)
    if n_concepts > n_items:
        return f"{there}, fewer than the {n_concepts} concepts asked for: add {noun}s or ask for fewer concepts"
    return f"{there}: a report compares {noun}s, give at least {FEWEST}"


def _of_target(known: LabelledPhotos, target: Target, class_names: tuple[str, ...]) -> list[int]:
    """The indices of the photos in the target's folders; of all that are not others where no folder names a class."""
    own = [i for i, other in enumerate(known.is_other) if not other]
    if any(known.labels[i] is not None for i in own):
        members = [i for i in own if known.labels[i] in target.indices]
        if not members:
            no_items = _no_texts if known.photos.kind == "texts" else _no_photos
            raise ValueError(no_items(target, [known.labels[i] for i in own], class_names))
        return members
    groups = known.photos.groups
    folders = sorted({group for i in own if (group := groups[i]) is not None})
    if len(folders) > 1:
        raise ValueError(_no_class(folders, class_names, noun_of(known.photos.kind)))
    return own


def _no_class(folders: Sequence[str], class_names: Sequence[str], noun: str) -> str:
    if _is_numbered(class_names):
        return f"{_unnamed(folders, len(class_names), noun)}, or take all {noun}s (--photos all)"
    if noun == TEXT:
        return (
            f"none of the {len(folders)} labels ({listed(folders, SHOWN)}) is the name of a class of the model "
            f"({', '.join(class_names[:3])}, …): give names that fit (--classes), another column of labels "
            "(--label-column), or take all texts (--photos all)"
        )
    return (
        f"none of the {len(folders)} folders ({listed(folders, SHOWN)}) has the name of a class of the model "
        f"({', '.join(class_names[:3])}, …): rename them to class names, give names that fit (--classes), open one "
        "folder alone, or take all photos (--photos all)"
    )


def _no_photos(target: Target, labels: Sequence[int | None], class_names: Sequence[str]) -> str:
    there = _commonest(labels, class_names)
    return f"no photo lies in a folder called {target.label!r}; the folders hold {there}: choose one, or add photos"


def _no_texts(target: Target, labels: Sequence[int | None], class_names: Sequence[str]) -> str:
    there = _commonest(labels, class_names)
    return f"no text has the label {target.label!r}; the labels are {there}: choose one, or add texts"


def _commonest(labels: Sequence[int | None], class_names: Sequence[str]) -> str:
    found = Counter(class_names[label] for label in labels if label is not None)
    return ", ".join(f"{name} ({count})" for name, count in found.most_common(SHOWN))
