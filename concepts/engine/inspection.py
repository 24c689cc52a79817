"""Inspection of a model and photos or texts before an analysis: classes, layers that can be split at, cost estimate."""

import time
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from concepts.data.dataset import ItemKind
from concepts.data.others import WithOthers
from concepts.engine.analysis import Progress, load_split, load_text_split, open_request_items
from concepts.report.request import Request
from concepts.storage.typed_json import Count, Positive

if TYPE_CHECKING:
    from PIL import Image

    from concepts.data.dataset import Dataset
    from concepts.models import LayerInfo, Split
    from concepts.models.text.split import TextSplit

TIMED = 8  # number of photos for the time measurement
TIMED_TEXTS = 64  # these vary in length


@dataclass(frozen=True)
class LayerRow:
    """A layer that can be chosen, like `concepts.models.LayerInfo` but usable by a page without torch."""

    path: str
    kind: Literal["map", "tokens", "vector"]
    shape: tuple[Count, ...]  # of one image's activations, channels last
    grid: tuple[Count, Count] | None
    sign: Literal["signed", ">= 0"]
    traced: bool

    @property
    def signed(self) -> bool:
        """True where there are negative activations."""
        return self.sign == "signed"


@dataclass(frozen=True)
class Inspection:
    """The choices offered to a user. Raises ValueError where the default layer is not one of the layers.

    n_photos, photos_per_class, n_folders: without those of other classes, which are n_others. n_tried: photos on which
    the order of the class names is tried. n_in_table: photos that the table names. kind: with "texts",
    all that is said of photos is of texts, whose only layer is the one that their head reads; words_per_text: the mean
    over some of them.
    """

    class_names: tuple[str, ...]
    layers: tuple[LayerRow, ...]
    default_layer: str
    reason: str
    n_photos: Count
    skipped: Count
    photos_per_class: dict[str, Count]  # empty if no folder names a class
    seconds_per_photo: Positive
    model_bytes: Count
    n_others: Count = 0
    n_tried: Count = 0
    n_folders: Count = 0
    n_in_table: Count = 0
    kind: ItemKind = "images"
    words_per_text: Positive = 0.0

    def __post_init__(self) -> None:
        if self.default_layer not in [layer.path for layer in self.layers]:
            raise ValueError(f"the default layer {self.default_layer!r} is none of the {len(self.layers)} layers")

    def layer(self, path: str) -> LayerRow:
        """The layer with that path."""
        return next(layer for layer in self.layers if layer.path == path)


def inspect(
    request: Request,
    store: Path | None = None,
    progress: Progress | None = None,
    *,
    within: Sequence[Path] | None = None,
) -> Inspection:
    """Loads the model, lists its layers, counts the photos or texts and times a few.

    Raises the ValueErrors of `analyse`.
    """
    from concepts.data.properties.table import open_table
    from concepts.report.pipeline.class_order import sample_of
    from concepts.report.pipeline.selection import names_of_classes

    progress = progress or (lambda stage, share: None)
    progress("photos" if request.texts is None else "texts", 0.0)
    photos = open_request_items(request, store, within=within)
    table = None if request.metadata is None else open_table(request.metadata, photos.names)
    progress("model", 0.0)
    split: Split | TextSplit = load_split(request, None) if request.texts is None else load_text_split(request, photos)
    progress("timing", 0.0)
    names = names_of_classes(split, photos)
    labels, n = photos.labels(names), len(photos.own if isinstance(photos, WithOthers) else photos)
    counts = Counter(label for label in labels[:n] if label is not None)
    return Inspection(
        class_names=names,
        layers=_layers(split),
        default_layer=split.layer,
        reason=split.reason,
        n_photos=n,
        skipped=len(photos.skipped),
        photos_per_class={names[label]: count for label, count in sorted(counts.items())},
        seconds_per_photo=_seconds_per_item(split, photos),
        model_bytes=split.model_bytes,
        n_others=len(photos) - n,
        n_tried=len(sample_of(labels)),
        n_folders=len(set(photos.groups[:n]) - {None}),
        n_in_table=0 if table is None else len(table.matched),
        kind=photos.kind,
        words_per_text=_words_per_text(photos) if photos.kind == "texts" else 0.0,
    )


def _layers(split: "Split | TextSplit") -> tuple[LayerRow, ...]:
    """The layers of a model of photos; of a model of texts, the one that its head reads."""
    from concepts.models import Split

    if isinstance(split, Split):
        return tuple(map(_row, split.layers()))
    return (LayerRow(split.layer, split.kind, (split.n_channels,), split.grid, split.sign, traced=False),)


def _row(layer: "LayerInfo") -> LayerRow:
    return LayerRow(layer.path, layer.kind, layer.shape, layer.grid, layer.sign, layer.traced)


def _seconds_per_item(split: "Split | TextSplit", items: "Dataset[Any]") -> float:
    from concepts.models import Split

    return _seconds_per_photo(split, items) if isinstance(split, Split) else _seconds_per_text(split, items)


def _seconds_per_text(split: "TextSplit", texts: "Dataset[str]") -> float:
    """Measured on at most 64 texts from all over the set, in one batch."""
    import torch

    from concepts.data.dataset import UnreadableItem

    begin, prepared = time.perf_counter(), []
    for text in _some(texts):
        with suppress(UnreadableItem):
            prepared.append(split.card.prepare(text))
    if not prepared:
        raise ValueError(f"the model reads nothing of any of {TIMED_TEXTS} texts: check the texts and their column")
    with torch.inference_mode():
        split.head(split.encode(split.card.collate(prepared)))
    return (time.perf_counter() - begin) / len(prepared)


def _words_per_text(texts: "Dataset[str]") -> float:
    return sum(len(text.split()) for text in _some(texts)) / len(_some(texts))


def _some(texts: "Dataset[str]") -> list[str]:
    """At most 64 texts, evenly from all over the set."""
    step = -(-len(texts) // TIMED_TEXTS)
    return [texts.open(i) for i in range(0, len(texts), step)]


def _seconds_per_photo(split: "Split", photos: "Dataset[Image.Image]") -> float:
    import torch

    from concepts.data.read_ahead import read_many
    from concepts.models.classifiers.transform import check_size

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
