"""The battery of artefacts: what can be done to a whole photo, each with one strength, on an RGB photo of any size."""

import io
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter, ImageFont, ImageOps

Apply = Callable[[Image.Image, np.random.Generator], Image.Image]
MARGIN = 8 / 7  # short side of a reduced photo as a multiple of the model's input: 256 for 224
BLUR = 1 / 110  # standard deviation, as a share of the short side: 2.3 pixels of 256
NOISE = 24.0  # standard deviation, of 255
JPEG_QUALITY = 12
FRAME = 0.1  # width, as a share of the short side
LETTERS, OPACITY = "SAMPLE", 140  # of the watermark; opacity of 255
DARK, BRIGHT = 0.4, 1.8  # factors of brightness
CROP = 0.7  # kept share of width and height
SEPIA = (0.393, 0.769, 0.189, 0, 0.349, 0.686, 0.168, 0, 0.272, 0.534, 0.131, 0)  # rows of a colour matrix


@dataclass(frozen=True)
class Artefact:
    """Something that can be done to a photo. words: what the photos then are, as in "when they are blurred"."""

    name: str
    words: str
    apply: Apply


def reduced(photo: Image.Image, side: int) -> Image.Image:
    """The photo with its short side at most 8/7 of `side`, the model's input.

    Blur, noise and JPEG on more pixels than the model sees would be averaged away by its own transform.
    """
    short = round(MARGIN * side)
    return photo if min(photo.size) <= short else ImageOps.cover(photo, (short, short))


def _blur(photo: Image.Image, rng: np.random.Generator) -> Image.Image:
    return photo.filter(ImageFilter.GaussianBlur(BLUR * min(photo.size)))


def _grey(photo: Image.Image, rng: np.random.Generator) -> Image.Image:
    return photo.convert("L").convert("RGB")


def _sepia(photo: Image.Image, rng: np.random.Generator) -> Image.Image:
    return photo.convert("RGB", SEPIA)


def _noise(photo: Image.Image, rng: np.random.Generator) -> Image.Image:
    pixels = np.asarray(photo, dtype=np.float32)  # (h, w, 3)
    noisy = pixels + NOISE * rng.standard_normal(pixels.shape, dtype=np.float32)
    return Image.fromarray(noisy.clip(0, 255).astype(np.uint8))


def _jpeg(photo: Image.Image, rng: np.random.Generator) -> Image.Image:
    buffer = io.BytesIO()
    photo.save(buffer, "JPEG", quality=JPEG_QUALITY)
    return Image.open(buffer).convert("RGB")


def _frame(photo: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Black around the centre square, which is what most models see of a photo."""
    framed, inner = Image.new("RGB", photo.size), _centre(photo, min(photo.size), min(photo.size), 1 - 2 * FRAME)
    framed.paste(photo.crop(inner), inner)
    return framed


def _watermark(photo: Image.Image, rng: np.random.Generator) -> Image.Image:
    """White letters across the centre, half transparent."""
    layer = Image.new("RGBA", photo.size)
    middle, font = (photo.width / 2, photo.height / 2), ImageFont.load_default(size=max(1, min(photo.size) / 5))
    ImageDraw.Draw(layer).text(middle, LETTERS, fill=(255, 255, 255, OPACITY), font=font, anchor="mm")
    return Image.alpha_composite(photo.convert("RGBA"), layer).convert("RGB")


def _dark(photo: Image.Image, rng: np.random.Generator) -> Image.Image:
    return ImageEnhance.Brightness(photo).enhance(DARK)


def _bright(photo: Image.Image, rng: np.random.Generator) -> Image.Image:
    return ImageEnhance.Brightness(photo).enhance(BRIGHT)


def _crop(photo: Image.Image, rng: np.random.Generator) -> Image.Image:
    """The middle, as large as the photo was."""
    return photo.crop(_centre(photo, *photo.size, CROP)).resize(photo.size)


def _flip(photo: Image.Image, rng: np.random.Generator) -> Image.Image:
    return ImageOps.mirror(photo)


def _centre(photo: Image.Image, width: int, height: int, share: float) -> tuple[int, int, int, int]:
    """The box in the middle of the photo, of this share of a width and a height."""
    w, h = max(1, round(share * width)), max(1, round(share * height))
    left, top = (photo.width - w) // 2, (photo.height - h) // 2
    return left, top, left + w, top + h


BATTERY = (
    Artefact("blur", "blurred", _blur),
    Artefact("grey", "in grey", _grey),
    Artefact("sepia", "in sepia", _sepia),
    Artefact("noise", "noisy", _noise),
    Artefact("jpeg", "strongly compressed", _jpeg),
    Artefact("frame", "in a black frame", _frame),
    Artefact("watermark", "marked with large letters", _watermark),
    Artefact("dark", "dark", _dark),
    Artefact("bright", "overexposed", _bright),
    Artefact("crop", "cropped", _crop),
    Artefact("flip", "mirrored", _flip),
)
