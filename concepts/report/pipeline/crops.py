"""Prototype crops: the places with a concept's largest codes, at most one per image, context dimmed."""

from collections.abc import Callable

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from concepts.data.images.jpeg import jpeg_bytes
from concepts.report.rows import CropRow

SIZE = 160  # pixels of a crop's side
THRESHOLD = 0.5  # of the peak: codes from here on belong to the region
MARGIN = 0.35  # of the region's side, kept around it
SMALLEST = 0.4  # of the picture's short side: a smaller crop shows nothing that a person can name
DIMMED = 0.6  # brightness outside the region


Thumbnail = Callable[[int], Image.Image]  # of an image by its row


def prototypes(
    maps: np.ndarray, concept: int, n_crops: int, thumbnail: Thumbnail, *, name: str = ""
) -> tuple[list[CropRow], dict[str, bytes]]:
    """The crops of one concept, most active first, and their pictures by file name.

    maps: (n, h, w, k) codes on their grid. name: replaces the concept's number in file names. Images in which the
    concept is absent (peak ≤ 0) have no crop.
    """
    peaks = maps[..., concept].reshape(len(maps), -1).max(axis=1).astype(np.float32)
    rows, pictures = [], {}
    for rank, image in enumerate(np.argsort(-peaks, kind="stable")[:n_crops]):
        if peaks[image] <= 0:
            break
        picture = thumbnail(int(image))
        region, box = peak_region(maps[image, ..., concept].astype(np.float32), picture.size)
        file = f"crops/concept_{name or format(concept, '03d')}_{rank}.jpg"
        pictures[file] = jpeg_bytes(
            dim_outside(picture, region).crop(box).resize((SIZE, SIZE), Image.Resampling.BICUBIC)
        )
        shares = (box[0] / picture.width, box[1] / picture.height, box[2] / picture.width, box[3] / picture.height)
        rows.append(CropRow(file, int(image), shares, float(peaks[image])))
    return rows, pictures


def peak_region(concept_map: np.ndarray, size: tuple[int, int]) -> tuple[np.ndarray, tuple[int, int, int, int]]:
    """The connected region above half of the peak, (H, W) bool, and the square box around it in pixels.

    concept_map: (h, w), positive somewhere; it is upsampled bilinearly to `size` (width, height). The region contains
    the middle of the grid's largest cell.
    """
    from scipy import ndimage

    large = np.asarray(Image.fromarray(concept_map, mode="F").resize(size, Image.Resampling.BILINEAR))
    cell = np.unravel_index(concept_map.argmax(), concept_map.shape)
    peak = tuple(
        int((c + 0.5) * side / cells) for c, side, cells in zip(cell, large.shape, concept_map.shape, strict=True)
    )
    parts, _ = ndimage.label(large >= THRESHOLD * large[peak])
    region = parts == parts[peak]
    return region, _square_around(region)


def _square_around(region: np.ndarray) -> tuple[int, int, int, int]:
    height, width = region.shape
    ys, xs = np.nonzero(region)
    extent = max(int(np.ptp(ys)), int(np.ptp(xs))) + 1
    side = int(min(max(extent * (1 + 2 * MARGIN), SMALLEST * min(height, width)), height, width))
    left = int(np.clip((xs.min() + xs.max() - side) // 2 + 1, 0, width - side))
    top = int(np.clip((ys.min() + ys.max() - side) // 2 + 1, 0, height - side))
    return left, top, left + side, top + side


def dim_outside(picture: Image.Image, region: np.ndarray) -> Image.Image:
    """The picture, darkened outside the region, with a thin line around the region."""
    mask = Image.fromarray(region.astype(np.uint8) * 255)
    dark = picture.point(lambda value: value * DIMMED)
    edge = mask.filter(ImageFilter.FIND_EDGES)
    ImageDraw.Draw(edge).rectangle((0, 0, edge.width - 1, edge.height - 1), outline=0)  # the picture's own border
    shown = Image.composite(picture, dark, mask)
    return Image.composite(Image.new("RGB", picture.size, "white"), shown, edge.point(lambda value: min(value, 150)))
