"""Similarity as points (READ): positive and negative points read off a map; a box and a mask from it."""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import avg_pool2d

from attribution.similarity_maps import unit_range

POSITIVE, NEGATIVE, NEUTRAL = 1, 0, -1


@dataclass(frozen=True)
class Points:
    """xy: (m, 2), column and row in units of the map's grid (the centre of its first cell is 0, 0), differentiable in
    the map. labels: (m,) int64: 1 positive, 0 negative, −1 neutral. values: (m,) of the reduced map, in [0, 1]."""

    xy: Tensor
    labels: Tensor
    values: Tensor


@dataclass(frozen=True)
class PointPrompt:
    """x, y: shares of the photo's width and height, in [0, 1]; label and value as of `Points`."""

    x: float
    y: float
    label: int
    value: float


@dataclass(frozen=True)
class Prompts:
    """Input of a segmenter. box: left, top, right, bottom in shares of the photo's sides, None where there is none;
    mask: (h, w) of 0 and 1."""

    points: tuple[PointPrompt, ...]
    box: tuple[float, ...] | None
    mask: tuple[tuple[int, ...], ...]


def similarity_points(similarity: Tensor, n_points: int = 30, positive: float = 0.8, negative: float = 0.2) -> Points:
    """Points of a similarity map (h, w): positives from the highest, then negatives from the lowest, then neutral ones
    from the highest, together at most n_points.

    The map is averaged over 2 × 2 cells (an odd last row or column over its own cells) and scaled to [0, 1]; a cell is
    positive from `positive` on, negative up to `negative`. A point does not stay on its cell c but moves to

        Σ_g g · exp(−‖g − c‖²) softmax(s)_g / Σ_g exp(−‖g − c‖²) softmax(s)_g

    over the cells g of the reduced map, distances in its cells, so that gradients reach s. Equal values keep the order
    of the rows. READ (Qian et al., CVPR 2025), similarity as points; sources leave the order of neutral ones open.
    Raises ValueError for a map that is not (h, w) with h, w ≥ 2, for thresholds out of order, and for n_points < 1.
    """
    if similarity.ndim != 2 or min(similarity.shape) < 2:
        raise ValueError(
            f"a similarity map is (h, w) with at least two rows and columns, got {tuple(similarity.shape)}"
        )
    if not 0 <= negative < positive <= 1:
        raise ValueError(f"negative {negative} and positive {positive}: expected 0 ≤ negative < positive ≤ 1")
    if n_points < 1:
        raise ValueError(f"n_points is {n_points}: ask for at least one")
    reduced = unit_range(avg_pool2d(similarity[None, None], 2, ceil_mode=True, count_include_pad=False)[0, 0])
    values = reduced.flatten()
    chosen, labels = _chosen(values.detach(), n_points, positive, negative)
    grid = torch.cartesian_prod(*(torch.arange(side) for side in reduced.shape)).flip(1).to(values)  # (g, 2), x and y
    pull = torch.exp(-torch.cdist(grid[chosen], grid).square()) * torch.softmax(values, dim=0)
    centres = torch.minimum(2 * grid + 0.5, values.new_tensor(similarity.shape[::-1]) - 1)  # an odd last cell is half
    return Points(pull @ centres / pull.sum(dim=1, keepdim=True), labels, values[chosen])


def box_of(mask: Tensor) -> tuple[int, int, int, int] | None:
    """Left, top, right, bottom (right and bottom one past) of the true cells of (h, w); None where there are none."""
    rows, columns = mask.any(dim=1).nonzero().flatten(), mask.any(dim=0).nonzero().flatten()
    if not len(rows):
        return None
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


def mask_of(similarity: Tensor, threshold: float = 0.5) -> Tensor:
    """(h, w) bool: the connected region around the map's peak in which the map, scaled to [0, 1], is at least the
    threshold. Neighbours touch by sides or corners."""
    from scipy.ndimage import label

    above = unit_range(similarity) >= threshold
    regions, _ = label(above.cpu().numpy(), structure=[[1] * 3] * 3)
    regions = torch.from_numpy(regions).to(similarity.device)
    peak = regions.flatten()[similarity.argmax()]
    return (regions == peak) & above


def prompts_of(similarity: Tensor) -> Prompts:
    """Points, box and mask of a map (h, w), rounded to four digits. Raises ValueError as `similarity_points` does."""
    found, mask = similarity_points(similarity), mask_of(similarity)
    h, w = similarity.shape
    points = tuple(
        PointPrompt(round((x + 0.5) / w, 4), round((y + 0.5) / h, 4), label, round(value, 4))
        for (x, y), label, value in zip(found.xy.tolist(), found.labels.tolist(), found.values.tolist(), strict=True)
    )
    box = box_of(mask)
    shares = None if box is None else tuple(round(side / size, 4) for side, size in zip(box, (w, h, w, h), strict=True))
    return Prompts(points, shares, tuple(map(tuple, mask.int().tolist())))


def _chosen(values: Tensor, n_points: int, positive: float, negative: float) -> tuple[Tensor, Tensor]:
    """Flat indices (m,) and labels (m,) of the cells at which points start."""
    down, up = (values.sort(descending=way, stable=True).indices for way in (True, False))
    order = [
        (down[values[down] >= positive], POSITIVE),
        (up[values[up] <= negative], NEGATIVE),
        (down[(values[down] < positive) & (values[down] > negative)], NEUTRAL),
    ]
    cells = torch.cat([cells for cells, _ in order])[:n_points]
    labels = torch.cat([torch.full_like(cells, label) for cells, label in order])[:n_points]
    return cells, labels
