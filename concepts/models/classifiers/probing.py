"""Whether a user's model accepts the photos that its transform gives, and how many classes it then has."""

from dataclasses import replace

import torch
from torch import nn

from concepts.models.adapted import AdaptedModel, adapt, random_images
from concepts.models.classifiers.transform import GREY, PhotoTransform, Prepare, measured_input
from concepts.models.outputs import Kind

SIZES = (224, 32, 28, 64, 96, 128, 160, 192, 240, 256, 260, 288, 299, 300, 320, 331, 384, 448, 512)
CHANNELS = (3, 1, 4)


def probed(
    model: nn.Module, name: str, transform: Prepare, *, own: bool, output: Kind | None = None
) -> tuple[AdaptedModel, Prepare]:
    """The model with logits as its output, and the transform: grey for a model of one channel without its own.

    own: whether the transform is the model's own. Raises ValueError when the model fails on what the transform gives,
    with the size or number of channels that it accepts, and when its outputs cannot be read (`adapt`).
    """
    channels, *size = measured_input(transform)
    if (error := _fault(model, channels, (size[0], size[1]))) is None:
        return _adapted(model, channels, (size[0], size[1]), name, output), transform
    if not own and isinstance(transform, PhotoTransform) and _fault(model, 1, (size[0], size[1])) is None:
        grey = replace(transform, mean=GREY.mean, std=GREY.std)
        return _adapted(model, 1, (size[0], size[1]), name, output), grey
    failed = f"{name!r} fails on an image (1, {channels}, {size[0]}, {size[1]}): {error}"
    raise ValueError(failed + _instead(model, channels, (size[0], size[1]), own=own))


def probe_images(model: nn.Module, transform: Prepare) -> torch.Tensor:
    """(2, channels, H, W) seeded random images of the size that the transform gives, with the model's type."""
    channels, *size = measured_input(transform)
    return _images(model, channels, (size[0], size[1]))


def _adapted(model: nn.Module, channels: int, size: tuple[int, int], name: str, output: Kind | None) -> AdaptedModel:
    images = _images(model, channels, size)
    with torch.no_grad():
        try:
            return adapt(model, images, stated=output)
        except ValueError as error:
            raise ValueError(f"{name!r}: {error}") from error


def _fault(model: nn.Module, channels: int, size: tuple[int, int]) -> str | None:
    """Why the model fails on such images, in one line; None where it does not."""
    try:
        with torch.no_grad():
            model(_images(model, channels, size))
    except Exception as error:  # the user's own forward can raise anything
        return " ".join(str(error).split())[:300] or type(error).__name__
    return None


def _images(model: nn.Module, channels: int, size: tuple[int, int]) -> torch.Tensor:
    like = next((each for each in model.parameters() if each.is_floating_point()), torch.zeros(()))
    return random_images(channels, size).to(like)


def _instead(model: nn.Module, channels: int, size: tuple[int, int], *, own: bool) -> str:
    """The end of the line: the nearest kind of image that the model accepts, and what to do."""
    sizes = [size, *((side, side) for side in SIZES if (side, side) != size)]
    for n in dict.fromkeys((channels, *CHANNELS)):
        for h, w in sizes:
            if _fault(model, n, (h, w)) is None:
                return _advice(n, (h, w), channels, own=own)
    return "; no usual size was accepted: give the size that it takes with --resize and --crop"


def _advice(n: int, size: tuple[int, int], channels: int, *, own: bool) -> str:
    h, w = size
    if n != channels and (own or n == 4):
        return f"; it accepts ({n}, {h}, {w}): give the model a `transform` from a PIL image to such a tensor"
    if h != w:
        return f"; it accepts {h} × {w}: give the model a `transform` to such a tensor"
    return f"; it accepts {h} × {w}: give --resize {h} and --crop {w}"
