"""Marks planted in real photos of clothes, and how well a report's strategies find the photos with a mark."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from concepts.report import ClassReport
from tests.support.places import SHARED

SIDE = 224
Draw = Callable[[ImageDraw.ImageDraw, tuple[int, int], np.random.Generator], None]


def tag(draw: ImageDraw.ImageDraw, at: tuple[int, int], rng: np.random.Generator) -> None:
    """A label with a red frame and three lines of writing."""
    x, y = at
    draw.rectangle((x, y, x + 64, y + 44), fill=(255, 246, 226), outline=(200, 30, 40), width=4)
    for line in range(3):
        draw.rectangle(
            (x + 12, y + 11 + 9 * line, x + 36 + int(rng.integers(0, 18)), y + 14 + 9 * line), fill=(40,) * 3
        )


def sticker(draw: ImageDraw.ImageDraw, at: tuple[int, int], rng: np.random.Generator) -> None:
    """A round blue sticker with a white ring."""
    x, y = at
    draw.ellipse((x, y, x + 52, y + 52), fill=(30, 90, 220))
    draw.ellipse((x + 7, y + 7, x + 45, y + 45), outline=(255, 255, 255), width=4)
    draw.text((x + 14, y + 14), "OK", fill=(255, 255, 255), font=ImageFont.load_default(size=18))


def star(draw: ImageDraw.ImageDraw, at: tuple[int, int], rng: np.random.Generator) -> None:
    """A yellow star with a thin black line."""
    radius, angles = np.where(np.arange(10) % 2, 0.45, 1.0) * 28, np.arange(10) * np.pi / 5
    points = np.stack([at[0] + 28 + radius * np.sin(angles), at[1] + 28 - radius * np.cos(angles)], axis=1)
    draw.polygon([(float(x), float(y)) for x, y in points], fill=(250, 210, 0), outline=(0, 0, 0))


def barcode(draw: ImageDraw.ImageDraw, at: tuple[int, int], rng: np.random.Generator) -> None:
    """Black bars on white."""
    x, y = at
    draw.rectangle((x, y, x + 70, y + 40), fill=(255, 255, 255))
    place = x + 5
    while place < x + 63:
        width = int(rng.integers(1, 4))
        draw.rectangle((place, y + 4, place + width, y + 36), fill=(0, 0, 0))
        place += width + int(rng.integers(2, 5))


def check(draw: ImageDraw.ImageDraw, at: tuple[int, int], rng: np.random.Generator) -> None:
    """A green and white checkerboard."""
    for a in range(4):
        for b in range(4):
            x, y = at[0] + 12 * a, at[1] + 12 * b
            draw.rectangle((x, y, x + 11, y + 11), fill=(0, 160, 80) if (a + b) % 2 else (255, 255, 255))


def sale(draw: ImageDraw.ImageDraw, at: tuple[int, int], rng: np.random.Generator) -> None:
    """Letters only."""
    font = ImageFont.load_default(size=26)
    draw.text(at, "SALE 50%", fill=(255, 255, 255), font=font, stroke_width=2, stroke_fill=(0, 0, 0))


def square(draw: ImageDraw.ImageDraw, at: tuple[int, int], rng: np.random.Generator) -> None:
    """A plain red square: only a colour, which clothes have as well."""
    draw.rectangle((*at, at[0] + 40, at[1] + 40), fill=(220, 30, 40))


MARKS: dict[str, tuple[Draw, tuple[int, int]]] = {  # how it is drawn, its size
    "tag": (tag, (64, 44)), "sticker": (sticker, (52, 52)), "star": (star, (56, 56)), "barcode": (barcode, (70, 40)),
    "check": (check, (48, 48)), "sale": (sale, (125, 34)), "square": (square, (40, 40)),
}  # fmt: skip


def small(photo: Image.Image) -> Image.Image:
    """The photo in RGB, short side 224."""
    scale = SIDE / min(photo.size)
    return photo.convert("RGB").resize((max(SIDE, round(photo.width * scale)), max(SIDE, round(photo.height * scale))))


def stamped(photo: Image.Image, mark: str, rng: np.random.Generator) -> Image.Image:
    """The photo, short side 224, with the mark at a random point of the centre square that the model sees."""
    draw, size = MARKS[mark]
    draw(ImageDraw.Draw(photo), _place(photo, size, rng), rng)
    return photo


def squared(photo: Image.Image, mark: str, rng: np.random.Generator) -> Image.Image:
    """The photo with a grey square of the mark's size where `stamped` draws the mark."""
    size = MARKS[mark][1]
    x, y = _place(photo, size, rng)
    ImageDraw.Draw(photo).rectangle((x, y, x + size[0], y + size[1]), fill=(128, 128, 128))
    return photo


def _place(photo: Image.Image, size: tuple[int, int], rng: np.random.Generator) -> tuple[int, int]:
    left, top = (photo.width - SIDE) // 2, (photo.height - SIDE) // 2
    at = [start + int(rng.integers(4, SIDE - extent)) for start, extent in zip((left, top), size, strict=True)]
    return at[0], at[1]


def plant(class_name: str, mark: str | None, share: float, folder: Path) -> np.ndarray:
    """Writes the class's photos to folder/class_name, a share of them stamped; returns which ones, (n,) bool."""
    files = sorted((SHARED / "data" / "clothing" / "train" / class_name).iterdir())
    chosen = np.zeros(len(files), dtype=bool)
    chosen[np.random.default_rng(7).permutation(len(files))[: round(share * len(files))]] = True
    place, rng = folder / class_name, np.random.default_rng(0)
    place.mkdir(parents=True)
    for i, file in enumerate(files):
        photo = small(Image.open(file))
        if mark is not None and chosen[i]:
            photo = stamped(photo, mark, rng)
        photo.save(place / f"{i:04d}.png")
    return chosen


def best_f1(report: ClassReport, marked: np.ndarray) -> float:
    """F1 of the strategy that best matches the marked photos."""
    labels = report.array("labels")
    groups = [labels == s for s in set(labels.tolist()) - {-1}]
    return max(2 * float((marked & g).sum()) / float(marked.sum() + g.sum()) for g in groups)
