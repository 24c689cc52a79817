"""Samples of more than 8 bits: which value is white, by what the file says and by its values."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageFile, TiffImagePlugin

BITS_PER_SAMPLE, PHOTOMETRIC, MAX_SAMPLE, SIGNED_MAX_SAMPLE = 258, 262, 281, 341  # TIFF's tags
WHITE_IS_ZERO = 0  # a PhotometricInterpretation
USUAL = (0xFF, 0xFFF, 0xFFFF)  # white of 8, 12 and 16 bits
PNG_START = 8  # bytes of its signature


@dataclass(frozen=True)
class Stated:
    """What a file says of its samples: the largest value that they take, 255 to 65535.

    spread: a PNG of b bits should, by its standard, spread them over the 16 that it stores; not every writer does.
    """

    white: int
    spread: bool = False


def white(values: np.ndarray, stated: Stated | None) -> int:
    """The value that means white: the stated one where no value is above it, else the least of 255, 4095 and 65535
    that no value is above. 65535 where the stated bits of all values are spread over 16.

    values: integers from 0 to 65535. stated: from `stated_white` or `unscaled`.
    """
    largest = int(values.max())
    if stated is None or largest > stated.white:
        return next(top for top in USUAL if largest <= top)
    return USUAL[-1] if stated.spread and _is_spread(values, stated.white.bit_length()) else stated.white


def stated_white(image: Image.Image, data: bytes) -> Stated | None:
    """What the file itself says; None where it names no more than the 16 bits that it stores.

    TIFF: BitsPerSample other than 16, or the bits of the largest MaxSampleValue. PNG: sBIT. PGM, PPM: see `unscaled`.
    """
    if isinstance(image, TiffImagePlugin.TiffImageFile):
        return _tiff_white(image)
    if image.format == "PNG":
        bits = next((body for kind, body in _chunks(data) if kind == b"sBIT"), b"")
        return _of_bits(max(bits[:3]), spread=True) if bits else None  # at most three colours, then alpha
    return None


def unscaled(image: Image.Image) -> Stated | None:
    """Lets a binary PGM or PPM of 16 bits load as its own values, and returns what it states.

    Call it before the picture is loaded. A text PGM is scaled to 65535 as it loads. None for other pictures, and where
    65535 is stated: programs write that whatever the samples use.
    """
    if image.format != "PPM" or not isinstance(image, ImageFile.ImageFile):
        return None
    tile = image.tile[0]
    top = tile.args[1] if tile.codec_name.startswith("ppm") and isinstance(tile.args, tuple) else 0
    if not top > 0xFF:
        return None
    if tile.codec_name == "ppm":
        image.tile = [tile._replace(codec_name="raw", args=("I;16B" if image.mode == "I" else "RGB;16B", 0, 1))]
    if top == USUAL[-1]:
        return None
    return Stated(int(top) if tile.codec_name == "ppm" else USUAL[-1])


def is_negative(image: Image.Image) -> bool:
    """Whether 0 means white in a grey TIFF, which Pillow heeds up to 8 bits only."""
    return isinstance(image, TiffImagePlugin.TiffImageFile) and image.tag_v2.get(PHOTOMETRIC) == WHITE_IS_ZERO


def _tiff_white(image: TiffImagePlugin.TiffImageFile) -> Stated | None:
    bits = _numbers(image.tag_v2.get(BITS_PER_SAMPLE))
    if bits and 8 < max(bits) < 16:
        return _of_bits(max(bits))
    largest = _numbers(image.tag_v2.get(MAX_SAMPLE)) or _numbers(image.tag_v2.get(SIGNED_MAX_SAMPLE))
    return _of_bits(max(largest).bit_length()) if largest and min(largest) > 0 else None


def _numbers(value: object) -> tuple[int, ...]:
    """The whole numbers of a tag; () for a missing tag and for other values."""
    values = value if isinstance(value, tuple) else (value,)
    return tuple(int(v) for v in values) if all(isinstance(v, int) for v in values) else ()


def _of_bits(bits: int, *, spread: bool = False) -> Stated | None:
    """2^b − 1 for 8 to 16 bits; fewer count as 8. None for more, which cannot be said of 16 bits."""
    return Stated((1 << max(8, bits)) - 1, spread) if bits <= 16 else None


def _is_spread(values: np.ndarray, bits: int) -> bool:
    """Whether all values are b bits shifted up to 16, the lower ones empty or a copy of the upper ones."""
    upper = values.astype(np.int64) >> (16 - bits)
    shifted = upper << (16 - bits)
    return bool((values == shifted).all() or (values == shifted | upper >> (2 * bits - 16)).all())


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Kind and body of the chunks of a PNG before its pixels."""
    at = PNG_START
    while at + 8 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        if kind == b"IDAT":
            return
        yield kind, data[at + 8 : at + 8 + length]
        at += 12 + length
