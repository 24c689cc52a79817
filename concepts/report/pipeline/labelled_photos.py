"""The classes of all photos that a report can draw on, and which of them are photos of other classes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from concepts.data.dataset import Dataset, Skipped
from concepts.data.documents.textset import TextSet
from concepts.data.images.photo import UnreadablePhoto
from concepts.data.images.photoset import PhotoSet
from concepts.data.nouns import TEXT, noun_of
from concepts.data.others import WithOthers
from concepts.models.target import Target
from concepts.numerics.counted import counted


@dataclass(frozen=True)
class LabelledPhotos:
    """Photos with their classes. labels: None where the class is not known.

    is_other: True for a photo that is known not to be of the target, whatever its class is.
    left_out: photos of the other classes' source that are not among them.
    """

    photos: Dataset[Any]
    labels: tuple[int | None, ...]
    is_other: tuple[bool, ...]
    left_out: tuple[Skipped, ...] = ()


def label_photos(photos: Dataset[Any], target: Target, class_names: Sequence[str]) -> LabelledPhotos:
    """The photos with their classes, by their folders.

    Of the others in a `WithOthers`, photos in a folder of the target and photos that are among the own as well (equal
    digest) are left out. The rest has the class that its folder names; where it names none, the class is known if only
    one is not in the target.
    """
    labels = photos.labels(class_names)
    if not isinstance(photos, WithOthers):
        return LabelledPhotos(photos, tuple(labels), (False,) * len(labels))
    in_target = [other and label in target.indices for other, label in zip(photos.is_other, labels, strict=True)]
    twice = _twice(photos)
    kept = [i for i in range(len(photos)) if not in_target[i] and i not in twice]
    is_other = tuple(photos.is_other[i] for i in kept)
    rest = set(range(len(class_names))) - set(target.indices)
    only = rest.pop() if len(rest) == 1 else None
    known = (only if photos.is_other[i] and labels[i] is None else labels[i] for i in kept)
    n_in_target, n_twice = sum(in_target), len([i for i in twice if not in_target[i]])
    left_out = tuple(_left_out(photos, target, n_in_target, n_twice))
    return LabelledPhotos(photos.subset(kept), tuple(known), is_other, left_out)


def _twice(photos: WithOthers[Any]) -> set[int]:
    """The indices of the others that are among the own photos as well."""
    own, others = photos.own, photos.others
    if isinstance(own, TextSet) and isinstance(others, TextSet):
        texts = set(own.texts)
        return {len(own) + i for i, text in enumerate(others.texts) if text in texts}
    if not (isinstance(own, PhotoSet) and isinstance(others, PhotoSet)):
        return set()
    known = {_digest(own, i) for i in range(len(own))} - {None}
    return {len(own) + i for i in range(len(others)) if _digest(others, i) in known}


def _digest(photos: PhotoSet, i: int) -> str | None:
    try:
        return photos.digest(i)
    except UnreadablePhoto:
        return None


def _left_out(photos: WithOthers[Any], target: Target, n_in_target: int, n_twice: int) -> Iterator[Skipped]:
    source, noun = photos.others.source_name, noun_of(photos.kind)
    by = "label" if noun == TEXT else "folder"
    if n_in_target:
        said = f"{counted(n_in_target, noun)} of {target.label} by {by}: not among those of other classes"
        yield Skipped(source, said)
    if n_twice:
        yield Skipped(source, f"{counted(n_twice, noun)} also among the {noun}s themselves: counted once")
