"""Decoding a photo's bytes to an 8-bit RGB image."""

import io
import logging
import struct
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import numpy as np
from PIL import (
    AvifImagePlugin,  # noqa: F401 - the imports register the decoders, which Image.open(formats=…) does not
    BmpImagePlugin,  # noqa: F401
    GifImagePlugin,  # noqa: F401
    Image,
    JpegImagePlugin,  # noqa: F401
    PngImagePlugin,  # noqa: F401
    PpmImagePlugin,  # noqa: F401
    TiffImagePlugin,  # noqa: F401
    WebPImagePlugin,  # noqa: F401
)

from concepts.data.images.deep_colours import colour_layout, eight_bits, scaled
from concepts.data.images.depth import Stated, is_negative, stated_white, unscaled, white
from concepts.data.images.heif import READS_HEIF, ends_the_process
from concepts.data.images.photo import DEFAULT_LIMITS, UnreadablePhoto
from concepts.data.images.reasons import decoding_reason

FORMATS = ("JPEG", "PNG", "WEBP", "BMP", "GIF", "TIFF", "PPM", "AVIF") + (("HEIF",) * READS_HEIF)  # no other decoder
ORIENTATION = 0x0112  # the EXIF tag
UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
SIDEWAYS = (5, 6, 7, 8)  # orientations that exchange width and height
BROKEN_EXIF = (OSError, SyntaxError, ValueError, TypeError, KeyError, IndexError, EOFError, struct.error)
T = TypeVar("T")
# What Pillow says of damaged metadata is for programmers: what cannot be read is told by UnreadablePhoto
PILLOW_WARNINGS = r"PIL\."
warnings.filterwarnings("ignore", module=PILLOW_WARNINGS)
logging.getLogger("PIL").addHandler(logging.NullHandler())


def decode(
    data: bytes | str | Path, *, max_pixels: int = DEFAULT_LIMITS.max_pixels, short_side: int | None = None
) -> Image.Image:
    """The photo as an upright 8-bit RGB image: the first frame, EXIF orientation applied, not resized.

    Transparent parts become white. CMYK is read in Adobe's polarity, which all common writers use, and converted
    without colour profiles (as in torchvision for RGB).

    16 bits a sample become 8 by their white w, as round(255 v / w) for grey v, so that 12 bits in a 16-bit file are not
    black. What the file says decides, unless a value is above it: TIFF's BitsPerSample or MaxSampleValue, PNG's sBIT,
    the maxval of PGM and PPM below 65535. Else w is 255 where no value is above that, 4095 where none is above that,
    65535 otherwise: a 16-bit photo that is nearly black becomes brighter, and bits such as 10 or 14 that no file states
    are taken for 12 or 16. Colours that use 16 bits keep their high byte. Signed integers count where none is negative;
    floats must lie in [0, 1]. An HEIC picture is its primary image, turned as its container says (its EXIF orientation
    does not count, by the standard); thumbnails and depth are ignored, more than 8 bits are scaled by the decoder.

    short_side: the side, in pixels, to which the caller will shrink the photo. A JPEG of at least 4 × that is decoded
    at 1/2, 1/4 or 1/8 by its own transform (DCT scaling), never below 2 × short_side: much faster, but the pixels are
    not exact. None, the default, is exact. Other formats are always exact.

    data: the file's bytes, or its path. Raises UnreadablePhoto, with the reason in one line, for data that is not a
    complete picture or has more than max_pixels; the size is checked before decoding. Pillow's globals are unchanged.
    """
    content = data if isinstance(data, bytes) else _file_bytes(Path(data))
    return guarded(content, lambda image: _upright_rgb(image, content, max_pixels, short_side))


def picture_format(data: bytes) -> str:
    """Pillow's name for the format of these bytes, from the header alone. Raises UnreadablePhoto."""
    return guarded(data, lambda image: str(image.format))


def picture_size(data: bytes) -> tuple[int, int]:
    """Width and height in pixels as the header states them; nothing is decoded. Raises UnreadablePhoto."""
    return guarded(data, lambda image: image.size)


def guarded(data: bytes, read: Callable[[Image.Image], T]) -> T:
    """The result of `read` on the opened image; any failure is raised as UnreadablePhoto."""
    if not data:
        raise UnreadablePhoto("empty file (0 bytes)")
    if data[4:8] == b"ftyp" and ends_the_process(data):
        raise UnreadablePhoto("a damaged HEIC or AVIF picture: convert it to JPEG or PNG")
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as image:
            return read(image)
    except UnreadablePhoto:
        raise
    except Exception as error:  # Pillow's decoders raise nearly every built-in exception on malicious bytes
        raise UnreadablePhoto(decoding_reason(error, data, heif=READS_HEIF)) from error


def _file_bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UnreadablePhoto(file_reason(error), name=str(path)) from error


def file_reason(error: OSError) -> str:
    """The system's reason why a file could not be read, in one line."""
    return (error.strerror or type(error).__name__).lower()


def _upright_rgb(image: Image.Image, data: bytes, max_pixels: int, short_side: int | None) -> Image.Image:
    width, height = image.size
    if width * height > max_pixels:
        raise UnreadablePhoto(f"{width} × {height} is more than {max_pixels:,} pixels: make it smaller")
    if short_side is not None:
        image.draft("RGB", (2 * short_side, 2 * short_side))  # has an effect for JPEGs only
    return _turned(image, _rgb(image, data))


def upright_rgb(image: Image.Image) -> Image.Image:
    """A picture in memory as `decode` gives that of a file. Raises UnreadablePhoto for values without a brightness."""
    image.load()
    return _turned(image, _rgb(image, b""))


def _turned(image: Image.Image, rgb: Image.Image) -> Image.Image:
    turn = UPRIGHT.get(orientation(image))  # read after load: Pillow rotates a TIFF while loading it
    return rgb if turn is None else rgb.transpose(turn)


def orientation(image: Image.Image) -> int:
    """The image's EXIF orientation, 1 where it has none."""
    try:
        found = image.getexif().get(ORIENTATION, 1)
    except BROKEN_EXIF:  # a photo with broken metadata is still readable
        return 1
    return found if isinstance(found, int) else 1


def _rgb(image: Image.Image, data: bytes) -> Image.Image:
    stated, layout = unscaled(image) or stated_white(image, data), colour_layout(image)
    image.load()
    if image.mode.startswith("I") or image.mode == "F":
        return _from_deep_grey(image, stated)
    if layout is not None:
        image = eight_bits(image, data, layout, stated)
    if image.has_transparency_data:
        return _on_white(image)
    return image if image.mode == "RGB" else image.convert("RGB")


def _on_white(image: Image.Image) -> Image.Image:
    """The RGB image composited on white, by its alpha, palette or colour key."""
    key = image.info.get("transparency")
    if isinstance(key, tuple) and max(key) > 255:  # a 16-bit colour key; Pillow keeps the high bytes of the pixels
        image.info["transparency"] = tuple(value >> 8 for value in key)
    rgba = image.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", rgba.size, "white"), rgba).convert("RGB")


def _from_deep_grey(image: Image.Image, stated: Stated | None) -> Image.Image:
    """RGB from grey of more than 8 bits: integers from 0 to `white`, floats in [0, 1].

    Raises UnreadablePhoto for other values, because the file does not define their brightness.
    """
    values = np.asarray(image)
    low, high = values.min(), values.max()
    most = 1 if image.mode == "F" else 65535
    if not (low >= 0 and high <= most):  # also catches NaN
        raise UnreadablePhoto(f"grey values from {low} to {high}, expected 0 to {most}: save it with 8 or 16 bits")
    grey = scaled(values, 1 if image.mode == "F" else white(values, stated))
    if is_negative(image):
        grey = 255 - grey
    if "transparency" in image.info:
        grey[values == image.info["transparency"]] = 255
    return Image.fromarray(grey).convert("RGB")
