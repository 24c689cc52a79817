"""The mathematics of tiles: their positions, the weights of their tokens, and the stitching to one grid."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import torch
from PIL import Image
from torch import Tensor
from torch.nn.functional import interpolate

from concepts.models.encoders import ImageEncoder

WIDER = 448  # px by which an image is widened to measure the stride; measurable strides are its divisors: 64, 56, …
LEVELS = (0, 85, 170, 255)  # grey values on which a transform is tested


@dataclass(frozen=True)
class Plan:
    """Tiles of `tile` px at multiples of the model's stride; n tokens per side. `rows`, `columns`: token offsets."""

    tile: int
    stride: int
    n: int
    rows: tuple[int, ...]
    columns: tuple[int, ...]
    margin: int

    @property
    def grid(self) -> tuple[int, int]:
        """(H, W) of the stitched tokens."""
        return self.rows[-1] + self.n, self.columns[-1] + self.n

    def down(self, i: int) -> slice:
        """The pixel rows of the tiles in row i."""
        return slice(self.rows[i] * self.stride, self.rows[i] * self.stride + self.tile)

    def across(self, j: int) -> slice:
        """The pixel columns of the tiles in column j."""
        return slice(self.columns[j] * self.stride, self.columns[j] * self.stride + self.tile)


def colours_of(transform: Callable[[Image.Image], Tensor], size: tuple[int, int]) -> Callable[[Image.Image], Tensor]:
    """The colour part of a model's transform, without its resizing and cropping: a picture → (3, H, W) float32.

    Measured on grey pictures of (H, W) = size. Raises ValueError where a channel is not constant, or not equal to
    slope · v + offset.
    """
    greys = [transform(Image.new("RGB", size[::-1], (v, v, v))).flatten(1) for v in LEVELS]
    found = torch.stack([grey.mean(dim=1) for grey in greys]).double()  # (levels, 3)
    slope = (found[-1] - found[0]) / (LEVELS[-1] - LEVELS[0])
    expected = found[0] + torch.tensor(LEVELS)[:, None] * slope
    uneven = max(float((grey.amax(dim=1) - grey.amin(dim=1)).max()) for grey in greys)
    if max(uneven, float((found - expected).abs().max())) > 1e-4 * max(1.0, float(found.abs().max())):
        raise ValueError("the model's transform does more to colours than shift and stretch them: it takes no tiles")
    a, b = slope.float()[:, None, None], found[0].float()[:, None, None]
    return lambda picture: torch.from_numpy(np.array(picture)).permute(2, 0, 1) * a + b


def plan_tiles(
    encoder: ImageEncoder, size: tuple[int, int], tile: int, overlap: int | None, margin: int | None
) -> Plan:
    """The tiles of a picture of `size` (width, height); overlap in px (None: half a tile), margin in tokens (None: a
    third of the overlap). Raises ValueError for a tile that the model does not accept, and for an invalid overlap or
    margin."""
    overlap = tile // 2 if overlap is None else overlap
    stride, n = _stride(encoder, tile)
    shared = math.ceil(overlap / stride)  # tokens
    if not 0 <= shared < n:
        raise ValueError(f"overlap is {overlap} px, tiles of {n} tokens take 0 to {(n - 1) * stride}")
    margin = shared // 3 if margin is None else margin
    if not 0 <= 2 * margin <= shared:
        raise ValueError(
            f"margin is {margin} tokens, an overlap of {shared} tokens takes 0 to {shared // 2}: give a larger overlap"
        )
    columns, rows = (_offsets((side - tile) // stride, n - shared) for side in size)
    return Plan(tile, stride, n, rows, columns, margin)


def _stride(encoder: ImageEncoder, tile: int) -> tuple[int, int]:
    """(px between tokens, tokens per side of a tile), measured on blank images. Raises ValueError unless whole px."""
    try:
        n, width = _grid(encoder, tile, tile)
    except (RuntimeError, ValueError, AssertionError) as error:  # raised by models for an image of another size
        size = " × ".join(map(str, encoder.card.input_size))
        raise ValueError(
            f"the model takes no tiles of {tile} px ({error}): leave tile out for its own {size}"
        ) from error
    try:
        grown = _grid(encoder, tile, tile + WIDER)[1] - width
        stride = WIDER / grown if grown else math.inf
    except (RuntimeError, ValueError, AssertionError):  # the model accepts one image size only
        stride = tile / n
    if n != width or not float(stride).is_integer():
        raise ValueError(
            f"layer {encoder.layer} gives {n} × {width} tokens for {tile} px, and they do not grow by one stride with "
            "the image: choose a layer before any pooling to a fixed size"
        )
    return int(stride), n


def _grid(encoder: ImageEncoder, height: int, width: int) -> tuple[int, int]:
    """(h, w) of the token grid for an image of that size."""
    tokens = encoder.encode(torch.zeros(1, 3, height, width, device=encoder.device))
    _, h, w, _ = encoder.to_map(tokens).shape
    return h, w


def _offsets(last: int, step: int) -> tuple[int, ...]:
    """Offsets from 0 to `last` in even steps of at most `step`."""
    count = math.ceil(last / step)
    return tuple(round(k * last / count) for k in range(count + 1)) if count else (0,)


def stitched(encoder: ImageEncoder, picture: Tensor, plan: Plan, batch_size: int) -> Tensor:
    """(H, W, p) from a prepared picture (3, H px, W px): the tiles' tokens, averaged by weight where tiles overlap."""
    H, W = plan.grid
    total = torch.zeros(H, W, encoder.n_channels, device=encoder.device)
    weights = torch.zeros(H, W, 1, device=encoder.device)
    down, across = (
        axis_weights(offsets, plan.n, plan.margin).to(encoder.device) for offsets in (plan.rows, plan.columns)
    )
    for batch in _batches([(i, j) for i in range(len(plan.rows)) for j in range(len(plan.columns))], batch_size):
        tiles = torch.stack([picture[:, plan.down(i), plan.across(j)] for i, j in batch])
        tokens = encoder.to_map(encoder.encode(tiles.to(encoder.device)))  # (b, n, n, p)
        for (i, j), each in zip(batch, tokens, strict=True):
            weight = (down[i][:, None] * across[j])[..., None]
            y, x = plan.rows[i], plan.columns[j]
            total[y : y + plan.n, x : x + plan.n] += weight * each
            weights[y : y + plan.n, x : x + plan.n] += weight
    return total / weights


def axis_weights(offsets: tuple[int, ...], n: int, margin: int) -> Tensor:
    """(tiles, n): the weights of each tile's n tokens along an axis; at every position at least one is above 0.

    In an overlap of o tokens they are 0 in the outer `margin`, then 1/r, 2/r, … 1 with r = o − 2 margin + 1, so that
    the weights of two neighbours sum to 1.
    """
    weights = torch.ones(len(offsets), n)
    for k, (start, following) in enumerate(pairwise(offsets)):
        ramp = n - (following - start) - 2 * margin + 1
        rising = ((torch.arange(n) - margin + 1) / ramp).clamp(0, 1)
        weights[k + 1] *= rising
        weights[k] *= rising.flip(0)
    return weights


def _batches(places: list[tuple[int, int]], size: int) -> Iterator[list[tuple[int, int]]]:
    return (places[i : i + size] for i in range(0, len(places), size))


def whole_picture(encoder: ImageEncoder, picture: Tensor, grid: tuple[int, int]) -> Tensor:
    """(H, W, p): tokens of the whole picture (3, H px, W px), resized to the model's input, enlarged to the grid."""
    small = interpolate(picture[None], size=encoder.card.input_size, mode="bilinear", antialias=True)
    tokens = encoder.to_map(encoder.encode(small.to(encoder.device)))
    return interpolate(tokens.movedim(-1, 1), size=grid, mode="bilinear").movedim(1, -1)[0]
