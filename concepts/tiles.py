"""High resolution: a photo cut in overlapping tiles, their tokens stitched on one fine grid (SliME)."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import torch
from PIL import Image
from torch import Tensor
from torch.nn.functional import interpolate

from concepts.encoders import ImageEncoder

MAX_PIXELS = 2**22  # 4 megapixels: 16,000 tokens at stride 16
WIDER = 448  # px by which an image grows to measure a stride; its divisors are the strides that can be told: 64, 56, …
LEVELS = (0, 85, 170, 255)  # grey values that a transform is tried on


@dataclass(frozen=True)
class TiledTokens:
    """`tokens` (H, W, p) of one photo of `size` (width, height), and where they lie.

    `stride` and `first`: px of the photo between two tokens, and from its top left corner to the centre of the first,
    each (x, y); a tile's tokens are taken to lie in its middle. `note` says what was done to a photo that was too
    large or too small, "" otherwise.
    """

    tokens: Tensor
    size: tuple[int, int]
    stride: tuple[float, float]
    first: tuple[float, float]
    n_tiles: int
    note: str

    @property
    def centres(self) -> Tensor:
        """(H, W, 2): x and y of each token's centre in the photo, px from its top left corner."""
        H, W, _ = self.tokens.shape
        x = self.first[0] + self.stride[0] * torch.arange(W)
        y = self.first[1] + self.stride[1] * torch.arange(H)
        return torch.stack(torch.meshgrid(x, y, indexing="xy"), dim=-1)

    @property
    def boxes(self) -> Tensor:
        """(H, W, 4): left, top, right, bottom of each token's place, one stride wide, px of the photo."""
        half = torch.tensor(self.stride) / 2
        return torch.cat([self.centres - half, self.centres + half], dim=-1)


@dataclass(frozen=True)
class _Plan:
    """Tiles of `tile` px at multiples of the model's stride; n tokens a side. `rows`, `columns`: offsets in tokens."""

    tile: int
    stride: int
    n: int
    rows: tuple[int, ...]
    columns: tuple[int, ...]
    margin: int


@torch.no_grad()
def encode_tiles(
    encoder: ImageEncoder,
    photo: Image.Image,
    *,
    tile: int | None = None,
    overlap: int | None = None,
    batch_size: int = 8,
    short_side: int | None = None,
    margin: int | None = None,
    whole: float = 0.0,
    max_pixels: int = MAX_PIXELS,
) -> TiledTokens:
    """The photo's tokens from tiles of `tile` px (None: the model's input), each encoded as an image of its own.

    Tiles stand at multiples of the model's stride, so that their tokens fall on one grid: a token is the mean of what
    its tiles say, under weights that are 0 within `margin` tokens of a tile's border (padding has changed those;
    None: a quarter of the overlap), rise evenly to 1 over the rest of the overlap, and are 1 up to the photo's own
    border. A model without padding, or a margin as wide as padding reaches, gives what the whole photo would give.
    overlap: px that neighbours share at least (None: half a tile). short_side: px to which the photo is brought first
    (None: its own): objects look to the model as large as that makes them. A photo smaller than a tile is enlarged to
    one, and one of more than `max_pixels` is brought down to that; `note` says so. Up to one stride at the right and
    at the bottom is left out. whole: the share, in [0, 1], of the whole photo, encoded at the model's own resolution
    and enlarged bilinearly, in each token. At most `batch_size` tiles are held at once.
    Source: Zhang et al., SliME, 2024 (tiles and the whole; there they are compressed, here stitched).
    Raises ValueError for a tile that the model does not take, an overlap, margin or share that cannot be, a transform
    that does more to colours than shift and stretch them, and a photo too narrow.
    """
    if not 0 <= whole <= 1 or batch_size < 1:
        raise ValueError(f"whole is {whole}, in [0, 1], and batch_size {batch_size}, at least 1, expected")
    tile = min(encoder.card.input_size) if tile is None else tile
    picture, note = _scaled(photo.convert("RGB"), tile, short_side, max_pixels)
    to_input = colours_of(encoder.card.transform, encoder.card.input_size)
    plan = _plan(encoder, picture.size, tile, tile // 2 if overlap is None else overlap, margin)
    tokens = _stitched(encoder, picture, plan, to_input, batch_size)
    if whole:
        tokens = (1 - whole) * tokens + whole * _whole(encoder, picture, to_input, tokens.shape[:2])
    per_px = (photo.width / picture.width, photo.height / picture.height)
    first = (tile - plan.stride * (plan.n - 1)) / 2
    return TiledTokens(
        tokens=tokens,
        size=photo.size,
        stride=(plan.stride * per_px[0], plan.stride * per_px[1]),
        first=(first * per_px[0], first * per_px[1]),
        n_tiles=len(plan.rows) * len(plan.columns),
        note=note,
    )


def colours_of(transform: Callable[[Image.Image], Tensor], size: tuple[int, int]) -> Callable[[Image.Image], Tensor]:
    """What a model's transform does to colours, without its resizing and cropping: a picture → (3, H, W) float32.

    Measured on grey pictures of (H, W) = size. Raises ValueError where a channel does not come out even, or not as
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


def _scaled(photo: Image.Image, tile: int, short_side: int | None, max_pixels: int) -> tuple[Image.Image, str]:
    """The photo at the resolution that is tiled, and what was done to it beyond what was asked."""
    short = min(photo.size)
    asked = (short_side or short) / short
    scale = max(min(asked, math.sqrt(max_pixels / (photo.width * photo.height))), tile / short)
    width, height = (max(tile, round(side * scale)) for side in photo.size)
    if width * height > max(max_pixels * 1.01, tile**2):
        raise ValueError(
            f"a photo of {photo.width:,} × {photo.height:,} pixels has {width:,} × {height:,} once it is {tile} wide, "
            f"tiles take {max_pixels:,} pixels: crop it, or give smaller tiles"
        )
    picture = photo if (width, height) == photo.size else photo.resize((width, height), Image.Resampling.BILINEAR)
    if scale == asked:
        return picture, ""
    what = (
        "enlarged to hold one tile" if scale > asked else f"brought down to the {max_pixels:,} pixels that tiles take"
    )
    return picture, f"{what}: {photo.width:,} × {photo.height:,} → {width:,} × {height:,} pixels"


def _plan(encoder: ImageEncoder, size: tuple[int, int], tile: int, overlap: int, margin: int | None) -> _Plan:
    stride, n = _stride(encoder, tile)
    shared = math.ceil(overlap / stride)  # tokens
    if not 0 <= shared < n:
        raise ValueError(f"overlap is {overlap} px, tiles of {n} tokens take 0 to {(n - 1) * stride}")
    margin = shared // 4 if margin is None else margin
    if not 0 <= 2 * margin <= shared:
        raise ValueError(
            f"margin is {margin} tokens, an overlap of {shared} tokens takes 0 to {shared // 2}: give a larger overlap"
        )
    columns, rows = (_offsets((side - tile) // stride, n - shared) for side in size)
    return _Plan(tile, stride, n, rows, columns, margin)


def _stride(encoder: ImageEncoder, tile: int) -> tuple[int, int]:
    """(px between tokens, tokens a side of a tile), measured by encoding grey. Raises ValueError for no whole px."""
    grey = torch.zeros(1, 3, tile, tile, device=encoder.device)
    try:
        tokens = encoder.encode(grey)
        n, width = encoder.to_map(tokens).shape[1:3]
    except (RuntimeError, ValueError, AssertionError) as error:  # what models say to an image of another size
        size = " × ".join(map(str, encoder.card.input_size))
        raise ValueError(
            f"the model takes no tiles of {tile} px ({error}): leave tile out for its own {size}"
        ) from error
    if tokens.ndim == 3:  # a transformer of one image size
        stride = tile / n
    else:
        wider = encoder.to_map(encoder.encode(torch.zeros(1, 3, tile, tile + WIDER, device=encoder.device)))
        grown = wider.shape[2] - width
        stride = WIDER / grown if grown else math.inf
    if n != width or not float(stride).is_integer():
        raise ValueError(
            f"layer {encoder.layer} gives {n} × {width} tokens for {tile} px, and they do not grow by one stride with "
            "the image: choose a layer before any pooling to a fixed size"
        )
    return int(stride), n


def _offsets(last: int, step: int) -> tuple[int, ...]:
    """0 … last in even steps of at most `step`."""
    count = math.ceil(last / step)
    return tuple(round(k * last / count) for k in range(count + 1)) if count else (0,)


def _stitched(
    encoder: ImageEncoder,
    picture: Image.Image,
    plan: _Plan,
    to_input: Callable[[Image.Image], Tensor],
    batch_size: int,
) -> Tensor:
    """(H, W, p): the tiles' tokens, their weighted mean where several lie."""
    H, W = plan.rows[-1] + plan.n, plan.columns[-1] + plan.n
    total = torch.zeros(H, W, encoder.n_channels, device=encoder.device)
    weights = torch.zeros(H, W, 1, device=encoder.device)
    down, across = (
        axis_weights(offsets, plan.n, plan.margin).to(encoder.device) for offsets in (plan.rows, plan.columns)
    )
    for batch in _batches([(i, j) for i in range(len(plan.rows)) for j in range(len(plan.columns))], batch_size):
        tiles = [to_input(picture.crop(_box(plan, i, j))) for i, j in batch]
        tokens = encoder.to_map(encoder.encode(torch.stack(tiles).to(encoder.device)))  # (b, n, n, p)
        for (i, j), each in zip(batch, tokens, strict=True):
            weight = (down[i][:, None] * across[j])[..., None]
            y, x = plan.rows[i], plan.columns[j]
            total[y : y + plan.n, x : x + plan.n] += weight * each
            weights[y : y + plan.n, x : x + plan.n] += weight
    return total / weights


def axis_weights(offsets: tuple[int, ...], n: int, margin: int) -> Tensor:
    """(tiles, n): the weights of each tile's n tokens along an axis; at every place one at least is above 0.

    In an overlap of o tokens they are 0 in the outer `margin`, then 1/r, 2/r, … 1 with r = o − 2 margin + 1, so that
    those of two neighbours add up to 1.
    """
    weights = torch.ones(len(offsets), n)
    for k, (start, following) in enumerate(pairwise(offsets)):
        ramp = n - (following - start) - 2 * margin + 1
        rising = ((torch.arange(n) - margin + 1) / ramp).clamp(0, 1)
        weights[k + 1] *= rising
        weights[k] *= rising.flip(0)
    return weights


def _box(plan: _Plan, i: int, j: int) -> tuple[int, int, int, int]:
    left, top = plan.columns[j] * plan.stride, plan.rows[i] * plan.stride
    return left, top, left + plan.tile, top + plan.tile


def _batches(places: list[tuple[int, int]], size: int) -> Iterator[list[tuple[int, int]]]:
    return (places[i : i + size] for i in range(0, len(places), size))


def _whole(
    encoder: ImageEncoder, picture: Image.Image, to_input: Callable[[Image.Image], Tensor], grid: torch.Size
) -> Tensor:
    """(H, W, p): the whole picture at the model's input size, squeezed into it, enlarged to the grid."""
    small = picture.resize(encoder.card.input_size[::-1], Image.Resampling.BILINEAR)
    tokens = encoder.to_map(encoder.encode(to_input(small)[None].to(encoder.device)))
    return interpolate(tokens.movedim(-1, 1), size=tuple(grid), mode="bilinear").movedim(1, -1)[0]
