"""A look at a model and photos before an analysis: its classes, the layers it can be split at, what it will cost."""

import time
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

from concepts.report.request import Request
from concepts.request import Progress, load_split, open_request_photos

TIMED = 8  # photos that the time is measured on


@dataclass(frozen=True)
class Inspection:
    """What a user chooses from; JSON-able."""

    class_names: tuple[str, ...]
    layers: tuple[dict[str, Any], ...]  # path, kind, shape, grid, sign
    default_layer: str
    reason: str
    n_photos: int
    skipped: int
    photos_per_class: dict[str, int]  # empty where the folders name no class
    seconds_per_photo: float
    model_bytes: int

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Self:
        layers = tuple(layer | {"shape": tuple(layer["shape"])} for layer in value["layers"])
        return cls(**(value | {"class_names": tuple(value["class_names"]), "layers": layers}))

    def layer(self, path: str) -> dict[str, Any]:
        return next(layer for layer in self.layers if layer["path"] == path)


def inspect(request: Request, store: Path | None = None, progress: Progress | None = None) -> Inspection:
    """Loads the model, lists its layers, counts the photos and times a few. Raises ValueError as `analyse` does."""
    from concepts.report.selection import names_of_classes

    progress = progress or (lambda stage, share: None)
    progress("photos", 0.0)
    photos = open_request_photos(request, store)
    progress("model", 0.0)
    split = load_split(request, None)
    progress("timing", 0.0)
    names = names_of_classes(split, photos)
    labels = Counter(label for label in photos.labels(names) if label is not None)
    parameters = split.model_bytes
    return Inspection(
        class_names=names,
        layers=tuple(asdict(layer) for layer in split.layers()),
        default_layer=split.layer,
        reason=split.reason,
        n_photos=len(photos),
        skipped=len(photos.skipped),
        photos_per_class={names[label]: count for label, count in sorted(labels.items())},
        seconds_per_photo=_seconds_per_photo(split, photos),
        model_bytes=parameters,
    )


def _seconds_per_photo(split: Any, photos: Any) -> float:
    import torch

    from concepts.models.transform import check_size
    from concepts.photos import read_many

    begin, images = time.perf_counter(), []
    for i, image in read_many(photos, range(min(TIMED, len(photos))), transform=split.card.prepare):
        if not isinstance(image, Exception):
            images.append(image)
            check_size(image, tuple(images[0].shape), photos.names[i])
    if not images:
        raise ValueError(f"none of the first {TIMED} photos could be read: check the files")
    with torch.inference_mode():
        split.head(split.encode(torch.stack(images).to(split.device)))
    return (time.perf_counter() - begin) / len(images)
