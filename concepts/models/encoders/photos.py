"""The transform of a photo to the input of a transformers or open_clip model, without either library."""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from concepts.models.classifiers.transform import BILINEAR, IMAGENET_MEAN, IMAGENET_STD, PhotoTransform, Prepare
from concepts.models.encoders.folders import library
from concepts.storage.typed_json import Finite, from_json

Colours = tuple[Finite, Finite, Finite]
NOT_DONE = ("do_pad", "do_image_splitting", "do_flip_channel_order", "do_color_quantize", "image_grid_pinpoints")


@dataclass(frozen=True)
class WholePhoto:
    """Callable: a PIL RGB image → (3, H, W) float32, (v / 255 − mean) / std: the whole photo, with any aspect ratio.

    PIL resizes it (antialiased), as in the ViT, BEiT and SigLIP processors, or to a given `size`.
    """

    size: tuple[int, int]
    mean: tuple[float, ...] = IMAGENET_MEAN
    std: tuple[float, ...] = IMAGENET_STD
    interpolation: int = BILINEAR

    def __post_init__(self) -> None:
        if len(self.size) != 2 or min(self.size) < 1:
            raise ValueError(f"size {self.size}: expected (height, width), both at least 1")
        if len(self.mean) != 3 or len(self.std) != 3 or min(self.std) <= 0:
            raise ValueError(f"mean {self.mean} and std {self.std} must be three numbers each, std above 0")

    def __call__(self, image: Image.Image) -> Tensor:
        resized = image.resize((self.size[1], self.size[0]), Image.Resampling(self.interpolation))
        x = torch.from_numpy(np.array(resized)).permute(2, 0, 1)
        x = x.to(torch.float32, memory_format=torch.contiguous_format).div_(255)  # (3, H, W)
        return x.sub_(torch.tensor(self.mean)[:, None, None]).div_(torch.tensor(self.std)[:, None, None])


@dataclass(frozen=True)
class PhotoSize:
    """A size as in a processor's config: the short side, or height and width."""

    height: int | None = None
    width: int | None = None
    shortest_edge: int | None = None
    longest_edge: int | None = None

    def __str__(self) -> str:
        return ", ".join(f"{name} {value}" for name, value in vars(self).items() if value is not None) or "nothing"


@dataclass(frozen=True)
class ProcessorConfig:
    """The used fields of the config of a transformers image processor."""

    do_resize: bool | None = True
    do_rescale: bool | None = True
    do_normalize: bool | None = True
    do_center_crop: bool | None = False
    size: PhotoSize | None = None
    crop_size: PhotoSize | None = None
    rescale_factor: float = 1 / 255
    image_mean: Colours | None = None
    image_std: Colours | None = None
    resample: int | None = None
    do_pad: bool | None = False
    do_image_splitting: bool | None = False
    do_flip_channel_order: bool | None = False
    do_color_quantize: bool | None = False
    image_grid_pinpoints: tuple[tuple[int, int], ...] | None = None


class ImageProcessor(Protocol):
    """The used part of a transformers image processor."""

    def to_json_string(self) -> str: ...


def processor_transform(folder: Path, size: tuple[int, int] | None) -> Prepare:
    """The transform defined by the folder's image processor; for another `size` (H, W), the whole photo resized.

    It differs from the processor in two ways: PIL resizes instead of torchvision, which changes values by one or two
    levels of 255; and the offset of a centre crop with an odd margin is rounded, not truncated, to a whole pixel.
    Raises ValueError without a preprocessor_config.json, and for a processor with steps that are not supported.
    """
    transformers = library("transformers")
    try:
        processor: ImageProcessor = transformers.AutoImageProcessor.from_pretrained(
            folder, local_files_only=True, trust_remote_code=False
        )
    except (OSError, ValueError, KeyError, ImportError) as error:
        raise ValueError(
            f"{folder} does not say how a photo becomes its input: copy the model's preprocessor_config.json there"
        ) from error
    return _as_described(processor, size)


def _as_described(processor: ImageProcessor, size: tuple[int, int] | None) -> Prepare:
    name = f"the image processor {type(processor).__name__}"
    config = from_json(ProcessorConfig, processor.to_json_string(), source=name)
    beyond = [key for key in NOT_DONE if getattr(config, key)]
    if beyond or not (config.do_resize and config.do_rescale) or abs(config.rescale_factor * 255 - 1) > 1e-6:
        raise ValueError(
            f"{name} does more than resize, crop and normalise "
            f"({', '.join(beyond) or 'its values are not scaled to 0 … 1'}): this encoder cannot follow it"
        )
    mean, std = (config.image_mean, config.image_std) if config.do_normalize else ((0.0,) * 3, (1.0,) * 3)
    if mean is None or std is None:
        raise ValueError(f"{name} normalises, but has no image_mean or no image_std: copy its file anew")
    return photo_transform(
        resize=config.size or PhotoSize(),
        crop=config.crop_size if config.do_center_crop else None,
        mean=mean,
        std=std,
        interpolation=BILINEAR if config.resample is None else config.resample,
        size=size,
    )


def photo_transform(
    *,
    resize: PhotoSize,
    crop: PhotoSize | None,
    mean: Colours,
    std: Colours,
    interpolation: int,
    size: tuple[int, int] | None,
) -> Prepare:
    """A PhotoTransform where the short side is resized and a square cropped, else WholePhoto.

    size: (H, W) in place of the model's own.
    """
    short, square = resize.shortest_edge, crop.height if crop is not None and crop.height == crop.width else None
    if size is not None:
        return WholePhoto((*size,), mean, std, interpolation)
    if short is None and resize.height is not None and resize.width is not None:
        if crop is None or (crop.height, crop.width) == (resize.height, resize.width):
            return WholePhoto((resize.height, resize.width), mean, std, interpolation)
    elif short and square is not None and square <= short:
        return PhotoTransform(short, square, mean, std, interpolation)
    raise ValueError(
        f"the image processor resizes to {resize} and crops to {crop}, which is not done here: "
        "give size=(height, width), which takes the whole photo"
    )
