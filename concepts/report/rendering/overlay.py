"""Pictures of concept maps over whole photos."""

import io
from dataclasses import dataclass
from functools import cache

import numpy as np
from PIL import Image

from concepts.data.images.jpeg import jpeg_bytes
from concepts.rendering.colours import HEAT, rgb

SIDE = 400  # pixels of an overlay's longer side
LOWEST = 0.25  # of the scale: where it begins, since black would hide the photo
THRESHOLD = 0.5  # of the peak in this photo: the line's level


def upsampled(concept_map: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """(H, W) ≥ 0: the map (h, w) upsampled to the photo's pixels, bicubic; negative codes become 0.

    size: (width, height).
    """
    picture = Image.fromarray(np.maximum(concept_map, 0).astype(np.float32), mode="F")
    return np.maximum(np.asarray(picture.resize(size, Image.Resampling.BICUBIC)), 0)


def colours_of(values: np.ndarray) -> np.ndarray:
    """(..., 3) uint8: colours of values in [0, 1] on the scale."""
    return _table()[(np.clip(values, 0, 1) * 255).round().astype(np.uint8)]


def scale_colours(n: int) -> list[list[int]]:
    """n colours of the scale from low to high, as red, green, blue from 0 to 255, without black, its start."""
    return colours_of(np.linspace(LOWEST, 1, n)).tolist()


@cache
def _table() -> np.ndarray:
    anchors = np.array([rgb(colour) for colour in HEAT], dtype=float)
    places = np.linspace(0, 1, len(anchors))
    return (
        np.stack([np.interp(np.linspace(0, 1, 256), places, anchors[:, c]) for c in range(3)], axis=-1)
        .round()
        .astype(np.uint8)
    )


@dataclass(frozen=True)
class OverlayStyle:
    """Style of a map over a photo. opacity: in [0, 1], of the largest value. threshold: in [0, 1], share of the map's
    peak in this photo, below which no colour is shown. line: draws a line at half of that peak."""

    opacity: float = 0.72
    threshold: float = 0.0
    line: bool = True


DEFAULT_STYLE = OverlayStyle()


def overlay(
    photo: Image.Image, concept_map: np.ndarray, *, top: float, side: int = SIDE, style: OverlayStyle = DEFAULT_STYLE
) -> Image.Image:
    """The photo, paler and darker, under the map's colours, with a white line at half of the map's peak.

    top: the value at the scale's end, the same for all photos of a concept, so that they can be compared. side: pixels
    of the longer side. Opacity increases with the value: where the concept is absent, the photo is visible.
    """
    photo = photo.convert("RGB").resize(_with_side(photo.size, side), Image.Resampling.BICUBIC)
    heat = upsampled(concept_map, photo.size)
    share = np.clip(heat / max(top, 1e-12), 0, 1)
    opacity = np.minimum(share * 1.4, style.opacity)
    opacity[heat < style.threshold * heat.max()] = 0
    mixed = _pale(photo) * (1 - opacity[..., None]) + colours_of(LOWEST + (1 - LOWEST) * share) * opacity[..., None]
    mixed = mixed.round().astype(np.uint8)
    if heat.max() > 0 and style.line:
        inside = heat >= THRESHOLD * heat.max()
        mixed[outline(inside, 3)] = 0
        mixed[outline(inside, 1)] = 255
    return Image.fromarray(mixed)


def in_place(photo: Image.Image, box: tuple[float, float, float, float], *, side: int = SIDE) -> Image.Image:
    """The whole photo with a crop marked: the rest is grey and dark, with a white line around the crop.

    box: left, top, right, bottom, as shares of the photo.
    """
    photo = photo.convert("RGB").resize(_with_side(photo.size, side), Image.Resampling.BICUBIC)
    width, height = photo.size
    left, top, right, bottom = (round(x * scale) for x, scale in zip(box, (width, height) * 2, strict=True))
    inside = np.zeros((height, width), dtype=bool)
    inside[max(0, top) : bottom, max(0, left) : right] = True
    mixed = np.where(inside[..., None], np.asarray(photo), 0.5 * _pale(photo)).round().astype(np.uint8)
    mixed[outline(inside, 3)] = 0
    mixed[outline(inside, 1)] = 255
    return Image.fromarray(mixed)


def _pale(photo: Image.Image) -> np.ndarray:
    """(H, W, 3): the photo darker and with less colour, so that an overlay stands out."""
    grey = np.asarray(photo.convert("L").convert("RGB"), dtype=float)
    return (0.6 * grey + 0.4 * np.asarray(photo, dtype=float)) * 0.75


def _with_side(size: tuple[int, int], side: int) -> tuple[int, int]:
    factor = side / max(size)
    return max(1, round(size[0] * factor)), max(1, round(size[1] * factor))


def outline(inside: np.ndarray, reach: int) -> np.ndarray:
    """(H, W) bool, True within `reach` pixels of both values of the mask (H, W), along both axes."""
    return _spread(inside, reach) & _spread(~inside, reach)


def _spread(mask: np.ndarray, reach: int) -> np.ndarray:
    for axis in (0, 1):
        wide = mask.copy()
        ahead, behind = np.moveaxis(wide, axis, 0), np.moveaxis(mask, axis, 0)
        for step in range(1, reach + 1):
            ahead[step:] |= behind[:-step]
            ahead[:-step] |= behind[step:]
        mask = wide
    return mask


def overlay_bytes(
    photo: bytes, concept_map: np.ndarray, *, top: float, side: int = SIDE, style: OverlayStyle = DEFAULT_STYLE
) -> bytes:
    """`overlay` of an encoded photo, as JPEG."""
    return jpeg_bytes(overlay(Image.open(io.BytesIO(photo)), concept_map, top=top, side=side, style=style))


def in_place_bytes(photo: bytes, box: tuple[float, float, float, float]) -> bytes:
    """`in_place` of an encoded photo, as JPEG."""
    return jpeg_bytes(in_place(Image.open(io.BytesIO(photo)), box))
