"""Coherence of concepts with known parts: overlap and pointing, where ground truth is available."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import interpolate

from concepts.metrics.arrays import Array
from concepts.numerics.intervals import Estimate, mean_estimate, share_estimate

THRESHOLDS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7)  # shares of a concept's largest value over all images
BLOCK = 2**23  # upsampled values held at once: 32 MiB


@dataclass(frozen=True)
class PartCoherence:
    """How well one part is found by the concept that fits it best; higher is better, all in [0, 1].

    n: images that show it. iou: mean intersection over union of `concept` above `threshold`, bootstrap interval.
    pointing: share of images in which the largest place of `pointing_concept` lies in the part, Wilson interval.
    Intervals are over images, with the concept fixed. iou_control, pointing_control: the same, including the choice of
    concept, with the maps of other images. pointing_centre: share of images whose centre lies in the part.
    """

    n: int
    concept: int
    threshold: float
    iou: Estimate
    iou_control: float
    pointing_concept: int
    pointing: Estimate
    pointing_control: float
    pointing_centre: float


def part_coherence(maps: Array, masks: Mapping[str, Array], *, seed: int = 0) -> dict[str, PartCoherence]:
    """Each part with its best concept, over the images that show it.

    maps: (n, h, w, k) concept maps. masks: part → (n, H, W) bool, nowhere true where an image does not show it.
    A concept's region is where its map, upsampled bilinearly, is at least a share of its largest value over all n
    images: one threshold per concept and part, the best of 0.1 to 0.7. Pointing game: the centre of the largest cell,
    without tolerance; an image in which the concept is nowhere above 0 is a miss (Zhang et al. 2018, eq. 7, pixels
    around the part left aside). Choosing the best of many concepts inflates the figure: the control is chosen likewise.
    Raises ValueError for shapes that do not fit, fewer than two images or a part that is never shown.
    """
    values = torch.as_tensor(maps).float()
    truth = _truth(values, masks)
    shift = _other_images(len(values), seed)
    ious, control_ious = part_ious(values, truth), part_ious(values[shift], truth)
    hits, control_hits = pointing_hits(values, truth), pointing_hits(values[shift], truth)
    height, width = truth.shape[-2:]
    found = {}
    for j, part in enumerate(masks):
        shown = truth[:, j].flatten(1).any(dim=1).cpu().numpy()
        concept, level = _best(ious[shown, :, :, j])
        (pointing,) = _best(hits[shown, :, j])
        found[part] = PartCoherence(
            n=int(shown.sum()),
            concept=concept,
            threshold=THRESHOLDS[level],
            iou=mean_estimate(ious[shown, concept, level, j], seed=seed),
            iou_control=float(control_ious[shown, :, :, j].mean(axis=0).max()),
            pointing_concept=pointing,
            pointing=share_estimate(hits[shown, pointing, j]),
            pointing_control=float(control_hits[shown, :, j].mean(axis=0).max()),
            pointing_centre=float(truth[:, j, height // 2, width // 2].cpu().numpy()[shown].mean()),
        )
    return found


def part_ious(maps: Tensor, truth: Tensor, *, block: int = BLOCK) -> np.ndarray:
    """IoU (n, k, thresholds, parts) of every concept's region with every part; 0 where both are empty.

    maps: (n, h, w, k). truth: (n, parts, H, W) bool. block: upsampled values held at once.
    """
    largest = maps.flatten(0, -2).amax(dim=0).clamp(min=1e-12)  # (k,)
    ious = []
    for images in _blocks(maps, truth, block):
        part = truth[images].flatten(2).float()  # (b, parts, HW)
        large = interpolate((maps[images] / largest).permute(0, 3, 1, 2), size=truth.shape[-2:], mode="bilinear")
        ious.append(torch.stack([_iou((large >= level).flatten(2).float(), part) for level in THRESHOLDS], dim=2))
    return torch.cat(ious).cpu().numpy()


def pointing_hits(maps: Tensor, truth: Tensor) -> np.ndarray:
    """(n, k, parts) bool: the centre of the concept's largest cell lies in the part; False where the concept is ≤ 0.

    maps: (n, h, w, k). truth: (n, parts, H, W) bool.
    """
    (_, h, w, _), (height, width) = maps.shape, truth.shape[-2:]
    peak, cell = maps.flatten(1, 2).max(dim=1)  # (n, k)
    y = ((cell // w + 0.5) * height / h).long()
    x = ((cell % w + 0.5) * width / w).long()
    image = torch.arange(len(maps), device=maps.device)[:, None]
    hits = truth[image, :, y, x] & (peak > 0)[..., None]
    return hits.cpu().numpy()


def _iou(region: Tensor, part: Tensor) -> Tensor:
    """IoU (b, k, parts) of regions (b, k, HW) and parts (b, parts, HW), both of 0 and 1."""
    overlap = region @ part.transpose(1, 2)
    union = region.sum(dim=2)[:, :, None] + part.sum(dim=2)[:, None, :] - overlap
    return overlap / union.clamp(min=1)


def _best(figures: np.ndarray) -> tuple[int, ...]:
    """Index at which the mean over images of (n, ...) is largest."""
    mean = figures.mean(axis=0)
    return tuple(int(i) for i in np.unravel_index(mean.argmax(), mean.shape))


def _blocks(maps: Tensor, truth: Tensor, block: int) -> Iterator[slice]:
    step = max(1, block // (truth[0, 0].numel() * maps.shape[-1]))
    yield from (slice(start, start + step) for start in range(0, len(maps), step))


def _other_images(n: int, seed: int) -> Tensor:
    """Another image for each image, seeded."""
    order = torch.randperm(n, generator=torch.Generator().manual_seed(seed))
    other = torch.empty_like(order)
    other[order] = order.roll(1)
    return other


def _truth(maps: Tensor, masks: Mapping[str, Array]) -> Tensor:
    """(n, parts, H, W) bool, validated."""
    if maps.ndim != 4 or len(maps) < 2 or maps.numel() == 0:
        raise ValueError(f"concept maps must be (n, h, w, k) of at least two images; got shape {tuple(maps.shape)}")
    if not masks:
        raise ValueError("no parts: give at least one mask")
    first = next(iter(masks.values())).shape
    for part, mask in masks.items():
        if mask.ndim != 3 or mask.shape != first or len(mask) != len(maps):
            raise ValueError(
                f"the masks of {part!r} have shape {tuple(mask.shape)}: (n, H, W) of {len(maps)} images is needed, "
                "the same for all parts"
            )
        if not mask.any():
            raise ValueError(f"the part {part!r} is in no image: leave it out")
    return torch.stack([torch.as_tensor(mask).bool() for mask in masks.values()], dim=1).to(maps.device)
