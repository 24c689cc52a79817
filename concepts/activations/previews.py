"""The preview kept with the activations of an item: for a photo, the model's input; for a text, none."""

from collections.abc import Callable

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from concepts.data.dataset import Dataset
from concepts.data.images.jpeg import jpeg_bytes
from concepts.models.classifiers.card import ModelCard
from concepts.models.encoders.base import Encoder

Preview = Callable[[int, Tensor], bytes]  # (index in the dataset, its input to the encoder) -> JPEG


def preview_of(encoder: Encoder, dataset: Dataset[object]) -> Preview | None:
    """A function that returns the preview of an encoded item.

    For a photo, the preview is drawn from the model's input, so that nothing is decoded twice; for other kinds of
    item, it is the dataset's own preview. None for texts: their dataset gives them at any time without decoding.
    """
    if dataset.kind == "texts":
        return None
    if not isinstance(encoder.card, ModelCard):
        return lambda i, _: dataset.preview(i)
    show = picture_of(encoder.card)
    return lambda _, prepared: jpeg_bytes(Image.fromarray(show(prepared)))


def picture_of(card: ModelCard) -> Callable[[Tensor], np.ndarray]:
    """A function from a prepared photo (channels, H, W) to its picture, (H, W, 3) uint8: grey for one channel; the
    first three of four."""
    low, high = pixel_range(card)

    def show(prepared: Tensor) -> np.ndarray:
        unit = (prepared[:3] - low[:3]) / (high[:3] - low[:3])
        unit = unit.expand(3, -1, -1)
        return unit.clamp(0, 1).mul(255).round().to(torch.uint8).permute(1, 2, 0).contiguous().numpy()

    return show


def pixel_range(card: ModelCard) -> tuple[Tensor, Tensor]:
    """The transform's values for black and white, (3, 1, 1) each; they invert any normalisation per channel."""
    black, white = (card.transform(Image.new("RGB", (512, 512), colour)) for colour in ("black", "white"))
    low, high = (x.flatten(1).mean(dim=1).view(-1, 1, 1) for x in (black, white))
    return low, high
