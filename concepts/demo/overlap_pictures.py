"""Pictures of how far a concept covers a part that was painted."""

from dataclasses import dataclass

import numpy as np
from PIL import Image

from concepts.data.images.jpeg import jpeg_bytes
from concepts.demo.truth import pictures_of
from concepts.rendering.colours import GREEN, ORANGE, SKY, rgb
from concepts.report.rendering.overlay import THRESHOLD, outline, upsampled

PART_ALONE, CONCEPT_ALONE, BOTH = SKY, ORANGE, GREEN
SIDE, OPACITY = 288, 0.7  # pixels; of the colours


@dataclass(frozen=True)
class OverlapPicture:
    """A picture as JPEG with both areas, and their intersection over union in [0, 1]."""

    content: bytes
    iou: float


def overlap_picture(name: str, part: str, concept_map: np.ndarray) -> OverlapPicture:
    """A picture of the demo on which a painted part, a concept's area, and where both are have a colour each.

    concept_map: (h, w). The area of the concept is where its map is at least half of its peak in this picture.
    Raises ValueError for a name outside the demo.
    """
    painting = pictures_of([name])[0]
    photo = Image.fromarray(painting.image).resize((SIDE, SIDE), Image.Resampling.LANCZOS)
    true = np.asarray(Image.fromarray(painting.masks[part]).resize((SIDE, SIDE)))
    heat = upsampled(concept_map, (SIDE, SIDE))
    found = (heat >= THRESHOLD * heat.max()) & (heat > 0)
    union = (true | found).sum()
    return OverlapPicture(jpeg_bytes(_coloured(photo, true, found)), float((true & found).sum() / max(union, 1)))


def _coloured(photo: Image.Image, true: np.ndarray, found: np.ndarray) -> Image.Image:
    """The photo with the colours of three areas, given as (H, W) bool, and a white line around each of the two."""
    mixed = np.asarray(photo, dtype=float).copy()
    for area, colour in ((true & ~found, PART_ALONE), (found & ~true, CONCEPT_ALONE), (true & found, BOTH)):
        mixed[area] = (1 - OPACITY) * mixed[area] + OPACITY * np.array(rgb(colour))
    mixed[outline(true, 1) | outline(found, 1)] = 255
    return Image.fromarray(mixed.round().astype(np.uint8))
