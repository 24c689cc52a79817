"""Pictures in memory, of PIL, arrays and tensors, as RGB. Tensors are known by what they can do: no torch here."""

from typing import Protocol, Self, runtime_checkable

import numpy as np
from PIL import Image

from concepts.data.images.decoding import upright_rgb
from concepts.data.images.deep_colours import scaled
from concepts.data.images.depth import USUAL, white
from concepts.data.images.photo import UnreadablePhoto

CHANNELS = (1, 3, 4)
EXPECTED = "expected a PIL image, or an array or tensor of shape (H, W), (H, W, 3) or (3, H, W)"


@runtime_checkable
class Tensor(Protocol):
    """A tensor of torch, as far as it is needed here; its channels come first."""

    @property
    def dtype(self) -> object: ...
    def detach(self) -> Self: ...
    def cpu(self) -> Self: ...
    def float(self) -> Self: ...


def rgb_picture(item: object) -> Image.Image:
    """The picture as upright 8-bit RGB, transparent parts white, as `decode` gives those of files.

    item: a PIL image; an array (H, W), (H, W, c) or a tensor (H, W), (c, H, W) of c = 1, 3 or 4 channels, the other
    order where only that fits. uint8 is taken as it is, other whole numbers as in files of 16 bits, bool as black and
    white, floats from 0 to 1. Raises UnreadablePhoto for other things, shapes and values.
    """
    if isinstance(item, Image.Image):
        return upright_rgb(item)
    channels_last = _channels_last(_as_array(item), isinstance(item, Tensor))
    bands = _eight_bits(channels_last)
    return upright_rgb(Image.fromarray(bands[..., 0] if bands.shape[-1] == 1 else bands))


def _as_array(item: object) -> np.ndarray:
    """The numbers of an array or a tensor, wherever it lies. Raises UnreadablePhoto for what is neither."""
    if isinstance(item, Tensor):
        item = item.detach().cpu()
        array = np.asarray(item.float() if str(item.dtype) == "torch.bfloat16" else item)  # which NumPy does not know
    elif hasattr(item, "shape"):
        array = np.asarray(item)
    else:
        raise UnreadablePhoto(f"is of the type {type(item).__name__}, {EXPECTED}")
    if array.dtype.kind not in "biuf":
        raise UnreadablePhoto(f"holds values of the type {array.dtype}, expected numbers")
    return array


def _channels_last(array: np.ndarray, tensor: bool) -> np.ndarray:
    """(H, W, c) of (H, W), (H, W, c) or (c, H, W). Raises UnreadablePhoto for other shapes."""
    if array.size and array.ndim == 2:
        return array[..., None]
    for axis in (0, 2) if tensor else (2, 0):
        if array.size and array.ndim == 3 and array.shape[axis] in CHANNELS:
            return np.moveaxis(array, axis, -1)
    raise UnreadablePhoto(f"has the shape {array.shape}, {EXPECTED}")


def _eight_bits(values: np.ndarray) -> np.ndarray:
    if values.dtype == np.uint8:
        return np.ascontiguousarray(values)
    low, high = values.min(), values.max()
    is_float = values.dtype.kind == "f"
    if not (low >= 0 and high <= (1 if is_float else USUAL[-1])):  # also catches NaN
        most = "0 to 1 for floats" if is_float else "0 to 65535 for whole numbers"
        raise UnreadablePhoto(f"has values from {low:.4g} to {high:.4g}, expected {most}: undo a normalisation")
    return scaled(values, 1 if values.dtype.kind in "bf" else white(values, None))
