"""Photos with a grid of places, in the format of the script that draws them: values packed as bytes."""

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from concepts.rendering.colours import rgb
from concepts.rendering.pictures import data_uri


@dataclass(frozen=True)
class PhotoPlaces:
    """A photo with a grid: JPEG, alternative text and caption, rows and columns; values (h, w) in [0, 1], or segments
    (h, w) int.

    points: (x, y, label) in grid units; boxes: left, top, right, bottom in cells.
    """

    photo: bytes
    alt: str
    caption: str
    grid: tuple[int, int]
    values: ArrayLike | None = None
    points: Sequence[tuple[float, float, int]] = ()
    boxes: Sequence[tuple[int, int, int, int]] = ()


def photo_data(photo: PhotoPlaces, *, segments: bool = False) -> dict[str, object]:
    """A photo in the format of places.js; segments: its values are segment numbers, −1 for none."""
    packed = None
    if photo.values is not None:
        packed = _numbers(photo.values) if segments else packed_unit(photo.values)
    return {
        "source": data_uri(photo.photo),
        "alt": photo.alt,
        "caption": photo.caption,
        "rows": photo.grid[0],
        "columns": photo.grid[1],
        "map": packed,
        "points": [list(point) for point in photo.points],
        "boxes": [list(box) for box in photo.boxes],
    }


def packed_unit(values: ArrayLike) -> str:
    """Values in [0, 1] as bytes, in base 64."""
    return _base64((np.clip(np.asarray(values), 0, 1) * 255).round())


def packed_cosines(values: ArrayLike) -> str:
    """Values in [-1, 1] as bytes, in base 64."""
    return packed_unit((np.asarray(values) + 1) / 2)


def legend_data(colours: Sequence[str]) -> list[list[int]]:
    """Colours as red, green and blue, the format of the script."""
    return [list(rgb(colour)) for colour in colours]


def _numbers(values: ArrayLike) -> str:
    """Segment numbers as bytes, 255 for none."""
    numbers = np.asarray(values)
    return _base64(np.where(numbers < 0, 255, numbers))


def _base64(values: np.ndarray) -> str:
    return b64encode(values.astype(np.uint8).tobytes()).decode()
