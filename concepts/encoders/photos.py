"""How a photo becomes the input of a transformers or open_clip model, without either library."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from concepts.encoders.folders import library
from concepts.models.transform import BILINEAR, IMAGENET_MEAN, IMAGENET_STD, PhotoTransform, describe

Prepare = Callable[[Image.Image], Tensor]
NOT_DONE = ("do_pad", "do_image_splitting", "do_flip_channel_order", "do_color_quantize", "image_grid_pinpoints")


@dataclass(frozen=True)
class WholePhoto:
    """Callable: a PIL RGB image to (3, H, W) float32, (v / 255 − mean) / std: all of the photo, whatever its aspect.

    Resized by PIL (antialiased), as the ViT, BEiT and SigLIP processors do, or to a `size` of one's own.
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


def processor_transform(folder: Path, size: tuple[int, int] | None) -> Prepare:
    """The transform that the folder's image processor describes; of another `size` (H, W) the whole photo.

    It differs from the processor in two ways: PIL resizes where transformers has torchvision do it, which moves
    values by a level or two of 255; and a centre crop of an odd margin is rounded, not cut, to a whole pixel.
    Raises ValueError without a preprocessor_config.json, and for a processor that does what is not done here.
    """
    transformers = library("transformers")
    try:
        processor = transformers.AutoImageProcessor.from_pretrained(
            folder, local_files_only=True, trust_remote_code=False
        )
    except (OSError, ValueError, KeyError, ImportError) as error:
        raise ValueError(
            f"{folder} does not say how a photo becomes its input: copy the model's preprocessor_config.json there"
        ) from error
    return _as_described(processor, size)


def _as_described(processor: Any, size: tuple[int, int] | None) -> Prepare:
    values = processor.to_dict()
    beyond = [key for key in NOT_DONE if values.get(key)]
    plain = values.get("do_resize", True) and values.get("do_rescale", True)
    if beyond or not plain or abs(values.get("rescale_factor", 1 / 255) * 255 - 1) > 1e-6:
        raise ValueError(
            f"the image processor {type(processor).__name__} does more than resize, crop and normalise "
            f"({', '.join(beyond) or 'its values are not scaled to 0 … 1'}): this encoder cannot follow it"
        )
    normal = values.get("do_normalize", True)
    return photo_transform(
        resize=dict(values["size"]),
        crop=dict(values["crop_size"]) if values.get("do_center_crop") else None,
        mean=values["image_mean"] if normal else (0.0,) * 3,
        std=values["image_std"] if normal else (1.0,) * 3,
        interpolation=int(values.get("resample") or BILINEAR),
        size=size,
    )


def photo_transform(
    *,
    resize: dict[str, int],
    crop: dict[str, int] | None,
    mean: Sequence[float],
    std: Sequence[float],
    interpolation: int,
    size: tuple[int, int] | None,
) -> Prepare:
    """A PhotoTransform where the short side is resized and a square cut out, else WholePhoto.

    resize: {"shortest_edge": …} or {"height": …, "width": …}. size: (H, W) in place of the model's own.
    """
    colours = {"mean": tuple(mean), "std": tuple(std), "interpolation": interpolation}
    short = resize.get("shortest_edge")
    if size is not None:
        return WholePhoto(tuple(size), **colours)  # type: ignore[arg-type]
    if short is None and "height" in resize:
        whole = WholePhoto((resize["height"], resize["width"]), **colours)  # type: ignore[arg-type]
        if crop is None or (crop["height"], crop["width"]) == whole.size:
            return whole
    elif short and crop is not None and crop["height"] == crop["width"] <= short:
        return PhotoTransform(resize=short, crop=crop["height"], **colours)  # type: ignore[arg-type]
    raise ValueError(
        f"the image processor resizes to {describe(resize)} and crops to {describe(crop)}, which gives photos of "
        "several sizes: give size=(height, width)"
    )
