"""The transform of a photo to the input of a model: short side resized, centre cropped, normalised."""

import re
import sys
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from typing import TypeVar

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from concepts.data.images.photo import DEFAULT_LIMITS, UnreadablePhoto

IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_STD = (0.229, 0.224, 0.225)
BILINEAR = int(Image.Resampling.BILINEAR)
PRESETS = "torchvision.transforms._presets"
Prepare = Callable[[Image.Image], Tensor]  # an RGB image → (3, H, W)
T = TypeVar("T")


@dataclass(frozen=True)
class PhotoTransform:
    """Callable: a PIL RGB image → (3, crop, crop) float32, (v / 255 − mean) / std per channel.

    With one mean and std, the image is converted to grey first: (1, crop, crop).

    PIL resizes the short side to `resize` (antialiased), then the centre is cropped. The result is equal bit for bit
    to that of torchvision.transforms._presets.ImageClassification.
    Raises UnreadablePhoto for an image so narrow that resizing it would exceed the memory limit for photos.
    """

    resize: int = 224
    crop: int = 224
    mean: tuple[float, ...] = IMAGENET_MEAN
    std: tuple[float, ...] = IMAGENET_STD
    interpolation: int = BILINEAR

    def __post_init__(self) -> None:
        if not 0 < self.crop <= self.resize:
            raise ValueError(f"crop {self.crop} must lie in 1 … resize {self.resize}: give both")
        if len(self.mean) not in (1, 3) or len(self.std) != len(self.mean) or min(self.std) <= 0:
            raise ValueError(
                f"mean {self.mean} and std {self.std} must be three numbers each (or one, for grey), std above 0"
            )

    def __call__(self, image: Image.Image) -> Tensor:
        check_extent(image.size, self.resize)
        width, height = resized_size(image.size, self.resize)
        if (width, height) != image.size:
            image = image.resize((width, height), Image.Resampling(self.interpolation))
        left, top = round((width - self.crop) / 2), round((height - self.crop) / 2)
        image = image.crop((left, top, left + self.crop, top + self.crop))
        pixels = np.array(image) if len(self.mean) == 3 else np.array(image.convert("L"))[..., None]
        x = torch.from_numpy(pixels).permute(2, 0, 1)
        x = x.to(torch.float32, memory_format=torch.contiguous_format).div_(255)  # (3, crop, crop)
        return x.sub_(torch.tensor(self.mean)[:, None, None]).div_(torch.tensor(self.std)[:, None, None])


GREY = PhotoTransform(mean=(sum(IMAGENET_MEAN) / 3,), std=(sum(IMAGENET_STD) / 3,))  # for models of one channel


@dataclass(frozen=True)
class Overrides:
    """Numbers that replace those of a transform; None keeps the transform's own."""

    resize: int | None = None
    crop: int | None = None
    mean: tuple[float, ...] | None = None
    std: tuple[float, ...] | None = None

    @property
    def given(self) -> list[str]:
        """Names of the numbers that are given."""
        return [field.name for field in fields(self) if getattr(self, field.name) is not None]

    def in_place_of(self, own: PhotoTransform) -> PhotoTransform:
        """The transform with these numbers. Raises ValueError where they are invalid for a transform."""
        return replace(
            own,
            resize=_first(self.resize, own.resize),
            crop=_first(self.crop, own.crop),
            mean=_first(self.mean, own.mean),
            std=_first(self.std, own.std),
        )


def _first(given: T | None, own: T) -> T:
    return own if given is None else given


def resized_size(size: tuple[int, int], short: int) -> tuple[int, int]:
    """(width, height) with the short side `short`, the long side rounded down, as in torchvision."""
    width, height = size
    if width <= height:
        return short, int(short * height / width)
    return int(short * width / height), short


def check_extent(size: tuple[int, int], short: int) -> None:
    """Raises UnreadablePhoto for a (width, height) that has too many pixels once its short side is `short`.

    A file of a few bytes can hold an image of 20,000 × 1 pixels, which becomes 224 × 4.5 million when resized.
    """
    width, height = resized_size(size, short)
    if width * height > DEFAULT_LIMITS.max_pixels:
        raise UnreadablePhoto(
            f"{size[0]} × {size[1]} is too narrow: {width:,} × {height:,} pixels once it is resized for the model"
        )


def check_size(image: Tensor, expected: tuple[int, ...], name: str) -> None:
    """Raises ValueError when a prepared photo (3, H, W) differs in size from the photos before it."""
    if tuple(image.shape) != expected:
        raise ValueError(
            f"the model's transform gives {tuple(image.shape)} for {name} and {expected} for the photos before it: "
            "let it end in one size, for example by a centre crop"
        )


def from_preset(preset: Prepare) -> Prepare:
    """A PhotoTransform equal to a torchvision classification preset; any other callable is returned unchanged."""
    if PRESETS not in sys.modules:  # then this cannot be one of them, and torchvision takes seconds to import
        return preset
    from torchvision.transforms._presets import ImageClassification
    from torchvision.transforms.functional import pil_modes_mapping

    if not isinstance(preset, ImageClassification):
        return preset
    return PhotoTransform(
        resize=preset.resize_size[0],
        crop=preset.crop_size[0],
        mean=tuple(preset.mean),
        std=tuple(preset.std),
        interpolation=int(pil_modes_mapping[preset.interpolation]),
    )


def with_overrides(transform: Prepare, overrides: Overrides) -> Prepare:
    """The transform with the given numbers in place of its own.

    Raises ValueError when the transform is the model's own code, in which no number can be replaced, unless all
    four are given (they then define a new transform).
    """
    given = overrides.given
    if not given:
        return transform
    if isinstance(transform, PhotoTransform):
        return overrides.in_place_of(transform)
    if len(given) == len(fields(overrides)):
        return overrides.in_place_of(PhotoTransform())
    raise ValueError(
        f"the model brings its own transform, {describe(transform)}, in which {', '.join(given)} cannot be replaced: "
        "give all of resize, crop, mean and std to use those instead"
    )


def describe(something: object) -> str:
    """The repr on one line, without memory addresses, so that it is the same in every run."""
    return re.sub(r"\s+", " ", re.sub(r" at 0x[0-9a-fA-F]+", "", repr(something)))


def measured_input(transform: Prepare) -> tuple[int, int, int]:
    """(channels, H, W) of the transform's output for a photo.

    Raises ValueError when its output for a PIL image is not a float tensor (3, H, W), or of 1 or 4 channels.
    """
    if isinstance(transform, PhotoTransform):
        return len(transform.mean), transform.crop, transform.crop
    try:
        x = transform(Image.new("RGB", (320, 288), (127, 127, 127)))
    except Exception as error:
        raise ValueError(f"the model's transform {describe(transform)} fails on a PIL image: {error}") from error
    if not isinstance(x, Tensor) or x.ndim != 3 or x.shape[0] not in (1, 3, 4) or not x.is_floating_point():
        got = f"{tuple(x.shape)} {x.dtype}" if isinstance(x, Tensor) else type(x).__name__
        raise ValueError(f"the model's transform {describe(transform)} gives {got}, expected (3, H, W) of floats")
    return x.shape[0], x.shape[1], x.shape[2]
