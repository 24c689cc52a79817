"""The subject of an intervention: photos of a report, as activations of the model's layer."""

import math
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor

from concepts.models.encoders.base import batched
from concepts.report.class_report import ClassReport
from concepts.report.queries.reencoding import check_model, fresh_codes

if TYPE_CHECKING:
    from concepts.data.dataset import Dataset
    from concepts.models.splitting.base import SplitModel

    Opened = Callable[[], Dataset[Any] | None]  # Any: photos, or texts


@dataclass(frozen=True, eq=False)
class Subject:
    """n photos: activations A (n, T..., p), codes U (n, T..., k), and the dictionary V (k, p), float32, one device."""

    activations: Tensor
    codes: Tensor
    components: Tensor

    @property
    def leftover(self) -> float:
        """‖A − U V‖ / ‖A‖: the part that no dose of any concept changes; 0 where all activations are 0."""
        rest = self.activations - self.codes @ self.components
        return float(rest.norm() / self.activations.norm().clamp(min=1e-30))


def open_subject(
    report: ClassReport,
    split: "SplitModel",
    images: Sequence[int],
    *,
    store: Path | None,
    photos: "Opened | None" = None,
) -> Subject:
    """These photos of a report, with their activations from the store, else encoded again from the photos.

    photos: opens the photos, None if they are gone; called only if the activations are no longer stored.
    Raises ValueError if the model is not the report's, if neither activations nor photos exist any more, and for a
    method whose codes cannot be computed from the report.
    """
    A = activations_of(report, split, images, store=store, photos=photos)
    V = torch.from_numpy(report.array("components")).float().to(split.device)
    return Subject(A, _codes(report, images, A, V), V)


def activations_of(
    report: ClassReport,
    split: "SplitModel",
    images: Sequence[int],
    *,
    store: Path | None,
    photos: "Opened | None" = None,
) -> Tensor:
    """(n, T..., p): activations of these photos, float32; arguments and errors as in `open_subject`, for any method."""
    check_model(report, split)
    A = _stored(report, images, store)
    if A is None:
        A = _encoded(report, split, images, photos() if photos is not None else None)
    return A.to(split.device)


def _stored(report: ClassReport, images: Sequence[int], store: Path | None) -> Tensor | None:
    from concepts.activations.collect import Activations

    tokens = report.data.dataset.tokens
    if store is None or not tokens:
        return None
    with suppress(OSError, ValueError):
        activations = Activations(store / tokens)
        if len(activations) == len(report.data.items):
            return activations.picked(images)
    return None


def _encoded(report: ClassReport, split: "SplitModel", images: Sequence[int], photos: "Dataset[Any] | None") -> Tensor:
    from concepts.data.dataset import UnreadableItem
    from concepts.data.read_ahead import read_many

    places = {name: i for i, name in enumerate(photos.names)} if photos is not None else {}
    names = [report.data.items[i].name for i in images]
    missing = [name for name in names if name not in places]
    if photos is None or missing:
        gone = f", such as {missing[0]}" if photos is not None else ""
        raise ValueError(
            f"the activations of this report are no longer stored, nor are its photos where they were{gone}: run the "
            "same analysis again"
        )
    found = []
    for i, read in read_many(photos, [places[name] for name in names], transform=split.card.prepare):
        if isinstance(read, UnreadableItem):
            raise ValueError(f"{photos.names[i]} can no longer be read ({read.reason})")
        found.append(read)
    with torch.inference_mode():
        return split.encode(batched(split.card, found).to(split.device)).float().clone()


def _codes(report: ClassReport, images: Sequence[int], A: Tensor, V: Tensor) -> Tensor:
    """(n, T..., k): codes from the concept maps if every position has a place on the grid; else computed again."""
    grid = report.data.layer.grid
    if grid is not None and math.prod(grid) == math.prod(A.shape[1:-1]):
        codes = torch.from_numpy(np.stack([report.array("maps")[i] for i in images])).float()
        return codes.reshape(*A.shape[:-1], len(V)).to(A.device)
    return fresh_codes(report, A, V)
