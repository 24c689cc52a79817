"""An encoder for photos larger than its model's input: a square of several inputs per side, in tiles."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

import torch
from PIL import Image, ImageOps
from torch import Tensor

from concepts.activations.tiling.stitching import Plan, colours_of, plan_tiles, stitched, whole_picture
from concepts.models.classifiers.card import ModelCard
from concepts.models.classifiers.transform import check_extent
from concepts.models.encoders import ImageEncoder

MOST_TIMES = 8  # inputs per side: 1,792 px for 224


@dataclass(frozen=True)
class TiledEncoder:
    """An `ImageEncoder` for squares with a side of `times` the model's input: tokens of the tiles, stitched seamlessly.

    Its tokens lie in the same space as the model's own, so concepts, words and regions of one apply to the other.
    The photo's centre square is resized to times × input pixels, which sets the size of objects for the model.
    whole: the share in each token of the whole square, encoded at once. Named tokens are left out.
    Raises ValueError for other numbers, and the errors of `plan_tiles` and `colours_of`.
    """

    encoder: ImageEncoder
    times: int = 2
    whole: float = 0.0
    batch_size: int = 8

    def __post_init__(self) -> None:
        if not 1 <= self.times <= MOST_TIMES:
            raise ValueError(f"{self.times} tiles a side were asked for: give 1 to {MOST_TIMES}")
        if not 0 <= self.whole <= 1:
            raise ValueError(f"the share of the whole photo is {self.whole}: give a number in [0, 1]")

    @cached_property
    def card(self) -> ModelCard:
        """The model's card, with the larger square as its input."""
        base, side = self.encoder.card, self.side
        return replace(
            base,
            transform=_square(side, colours_of(base.transform, base.input_size)),
            transform_text=f"{side} px in tiles, {self.whole:g} of the whole; {base.transform_text}",
            input_size=(side, side),
        )

    @property
    def side(self) -> int:
        """Side of the square in pixels."""
        return self.times * min(self.encoder.card.input_size)

    @cached_property
    def plan(self) -> Plan:
        """The positions of the tiles."""
        return plan_tiles(self.encoder, (self.side, self.side), min(self.encoder.card.input_size), None, None)

    @property
    def layer(self) -> str:
        return self.encoder.layer

    @property
    def grid(self) -> tuple[int, int]:
        return self.plan.grid

    @property
    def n_channels(self) -> int:
        return self.encoder.n_channels

    @property
    def named(self) -> tuple[str, ...]:
        return ()

    @property
    def device(self) -> torch.device:
        return self.encoder.device

    def encode(self, images: Tensor) -> Tensor:
        """(n, 3, side, side) → (n, H, W, p)."""
        return torch.stack([self._one(image) for image in images])

    def to_map(self, values: Tensor) -> Tensor:
        """(n, H, W, k) unchanged: the values already lie on the grid."""
        return values

    def _one(self, image: Tensor) -> Tensor:
        tokens = stitched(self.encoder, image, self.plan, self.batch_size)
        if not self.whole:
            return tokens
        return (1 - self.whole) * tokens + self.whole * whole_picture(self.encoder, image, self.grid)


def _square(side: int, to_input: Callable[[Image.Image], Tensor]) -> Callable[[Image.Image], Tensor]:
    def transform(photo: Image.Image) -> Tensor:
        check_extent(photo.size, side)
        return to_input(ImageOps.fit(photo.convert("RGB"), (side, side), Image.Resampling.BILINEAR))

    return transform
