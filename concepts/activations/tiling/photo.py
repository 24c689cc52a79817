"""High resolution: a photo cut into overlapping tiles, their tokens stitched on one fine grid (SliME)."""

import math
from dataclasses import dataclass

import torch
from PIL import Image
from torch import Tensor

from concepts.activations.tiling.stitching import colours_of, plan_tiles, stitched, whole_picture
from concepts.models.encoders import ImageEncoder

MAX_PIXELS = 2**22  # 4 megapixels: 16,000 tokens at stride 16


@dataclass(frozen=True)
class TiledTokens:
    """`tokens` (H, W, p) of one photo of `size` (width, height), and their positions.

    `stride` and `first`: px of the photo between two tokens, and from its top left corner to the centre of the first,
    each (x, y); a tile's tokens are assumed to be centred in it. `note` describes how a photo that was too large or too
    small was resized, "" otherwise.
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
        """(H, W, 4): left, top, right, bottom of each token's box, one stride wide, px of the photo."""
        half = torch.tensor(self.stride) / 2
        return torch.cat([self.centres - half, self.centres + half], dim=-1)


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
    """The photo's tokens from tiles of `tile` px (None: the model's input), each encoded as a separate image.

    Tiles start at multiples of the model's stride, so that their tokens lie on one grid. A token is the weighted mean
    over its tiles. The weights are 0 within `margin` tokens of a tile's border (affected by padding; None: a third of
    the overlap), rise linearly to 1 over the rest of the overlap, and are 1 up to the photo's own border. For a model
    without padding, or with a margin as wide as the reach of padding (SqueezeNet's features: 4 tokens, which require
    an overlap of 144 px), the tokens equal those of the whole photo.
    overlap: minimum px that neighbours share (None: half a tile). short_side: px to which the photo is resized first
    (None: unchanged), which sets the size of objects for the model. A photo smaller than a tile is enlarged to one, and
    one of more than `max_pixels` is reduced to that; `note` reports both. Up to one stride at the right and at the
    bottom is left out. whole: the share, in [0, 1], in each token of the whole photo, encoded at the model's own
    resolution and enlarged bilinearly. At most `batch_size` tiles are held at once.
    Source: Zhang et al., SliME, 2024 (tiles and the whole; there they are compressed, here stitched).
    Raises ValueError for a tile size that the model does not accept, an invalid overlap, margin or share, a transform
    that is not affine in each colour channel, and a photo that is too narrow.
    """
    if not 0 <= whole <= 1 or batch_size < 1:
        raise ValueError(f"whole is {whole}, in [0, 1], and batch_size {batch_size}, at least 1, expected")
    tile = min(encoder.card.input_size) if tile is None else tile
    picture, note = _scaled(photo.convert("RGB"), tile, short_side, max_pixels)
    pixels = colours_of(encoder.card.transform, encoder.card.input_size)(picture)
    plan = plan_tiles(encoder, picture.size, tile, overlap, margin)
    tokens = stitched(encoder, pixels, plan, batch_size)
    if whole:
        tokens = (1 - whole) * tokens + whole * whole_picture(encoder, pixels, plan.grid)
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


def _scaled(photo: Image.Image, tile: int, short_side: int | None, max_pixels: int) -> tuple[Image.Image, str]:
    """The photo at the resolution for tiling, and a note on any resizing that was not requested."""
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
