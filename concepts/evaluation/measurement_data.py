"""The common data of all dictionaries: activations of all photos for the fit, of some for the measures; known parts."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from concepts.activations.collect import Activations
from concepts.activations.previews import picture_of
from concepts.activations.rows import MemoryRows
from concepts.data.dataset import Dataset
from concepts.models import Split
from concepts.models.target import Target

MOST_BYTES = 2 * 2**30  # of activations held in memory, as stored; beyond that, a draw of as many images as fit
FOLD_BYTES = 256 * 2**20  # of float32 activations for the folds


@dataclass(frozen=True)
class MeasurementData:
    """held: (m, T..., p) of the images fitted on, of the type in which they are stored (usually float16).
    A: (n, T..., p) float32 of the measured images; logits: (n, c) of the model itself for them; measured: (n,) their
    rows in the stored activations. parts: part → (n, H, W) bool, where ground truth is known, for the parts that any
    image shows."""

    split: Split
    target: Target
    held: Tensor
    A: Tensor
    logits: Tensor
    measured: np.ndarray
    parts: Mapping[str, np.ndarray] = field(default_factory=dict)

    @property
    def rows(self) -> MemoryRows:
        """All held positions, to fit on; converted to float32 block by block."""
        return MemoryRows(self.held.flatten(0, -2))

    @property
    def n_positions(self) -> int:
        return self.A.shape[1:-1].numel()

    def for_folds(self, seed: int) -> Tensor:
        """(m', T..., p) float32: the held images, or a seeded draw of them of at most `FOLD_BYTES`."""
        most = max(1, FOLD_BYTES // (self.held[0].numel() * 4))
        if most >= len(self.held):
            return self.held.float()
        drawn = torch.randperm(len(self.held), generator=torch.Generator().manual_seed(seed))[:most].sort().values
        return self.held[drawn.to(self.held.device)].float()


def open_measurement_data(
    split: Split, target: Target, activations: Activations, *, images: int, seed: int
) -> MeasurementData:
    """The data of these activations: both draws of images are seeded; only the measured images are converted."""
    drawn = np.random.default_rng(seed).permutation(len(activations))
    size = math.prod(activations.info.shape) * np.dtype(activations.info.dtype).itemsize
    measured = np.sort(drawn[:images])
    held = _held(activations, np.sort(drawn[: max(1, MOST_BYTES // size)])).to(split.device)
    logits = torch.from_numpy(activations.logits[measured]).to(split.device)
    return MeasurementData(split, target, held, activations.picked(measured.tolist(), split.device), logits, measured)


def _held(activations: Activations, rows: np.ndarray) -> Tensor:
    """(m, T..., p) of these rows, read in place: no second copy."""
    held = np.empty((len(rows), *activations.info.shape), activations.info.dtype)
    for i, row in enumerate(rows.tolist()):
        held[i] = activations.rows(row, row + 1)[0]
    return torch.from_numpy(held)


def parts_seen(
    split: Split, masks: Mapping[str, np.ndarray], dataset: Dataset[object], names: list[str]
) -> dict[str, np.ndarray]:
    """part → (n, H', W') bool of the named photos as the model sees them: resized and cropped as the photo was.

    masks: part → (N, H, W) bool by photo of the whole set. Parts that none of these photos shows are left out.
    Raises ValueError for masks of another shape.
    """
    if wrong := [part for part, mask in masks.items() if mask.ndim != 3 or len(mask) != len(dataset)]:
        shapes = ", ".join(f"{part} {masks[part].shape}" for part in wrong)
        raise ValueError(f"masks must be (n, H, W) for the {len(dataset)} photos of the set; got {shapes}")
    places, show = {name: i for i, name in enumerate(dataset.names)}, picture_of(split.card)

    def seen(mask: np.ndarray) -> np.ndarray:
        painted = Image.fromarray(mask.astype(np.uint8) * 255).convert("RGB")
        return show(split.card.prepare(painted))[..., 0] > 127

    found = {part: np.stack([seen(mask[places[name]]) for name in names]) for part, mask in masks.items()}
    return {part: mask for part, mask in found.items() if mask.any()}
