"""Colours of 16 bits, of which Pillow keeps the high byte: with the low one where they use fewer bits."""

import io
import re
import sys

import numpy as np
from PIL import Image, ImageFile, TiffImagePlugin

from concepts.data.images.depth import BITS_PER_SAMPLE, USUAL, Stated, unscaled, white
from concepts.data.images.photo import UnreadablePhoto

PLANES, APART = 284, 2  # TIFF's PlanarConfiguration: each band is stored by itself
PACKED_PLANES, TEXT, LAID_IN = "compressed planes", "text", "RGBa"  # layouts of which only the high byte can be had
OTHER_BYTE = {"B": "L", "L": "B", "N": "B" if sys.byteorder == "little" else "L"}  # the order that reads the low byte
DARK = 0x10  # the largest high byte of 12 bits, rounded up


def colour_layout(image: Image.Image) -> str | None:
    """How the file holds its colours of 16 bits, in Pillow's words such as "RGB;16B"; None for other pictures.

    Call it before the picture is loaded, which forgets it. Planes of an uncompressed TIFF are set right here: Pillow
    takes them for planes of 8 bits. Raises UnreadablePhoto for those of CMYK, which it cannot read.
    """
    if not isinstance(image, ImageFile.ImageFile) or not image.tile:
        return None
    layout = _layout(image.tile[0])
    if isinstance(image, TiffImagePlugin.TiffImageFile) and image.tag_v2.get(PLANES) == APART:
        return _layout_of_planes(image)
    if image.tile[0].codec_name == "ppm_plain" and image.mode == "RGB":
        return TEXT if image.tile[0].args[1] == USUAL[-1] else None
    return layout if re.fullmatch(r"[A-Za-z]{2,};16[LBN]", layout) else None


def eight_bits(image: Image.Image, data: bytes, layout: str, stated: Stated | None) -> Image.Image:
    """The loaded picture with 8 bits a band: as it is where its colours use 16 bits, else scaled by their white.

    layout: from `colour_layout`. stated: from `stated_white` or `unscaled`. Colours have one white, alpha its own.
    Raises UnreadablePhoto where they may use fewer bits and the low bytes cannot be had.
    """
    high = np.asarray(image)
    n = 4 if image.mode == "CMYK" else 3
    telling = high[..., n:] if layout.startswith(LAID_IN) else high[..., :n]  # its colours were divided by its alpha
    if telling.max() > max(DARK, stated.white >> 8 if stated else 0):
        return image
    values = high.astype(np.uint16) << 8 | _low_bytes(image, data, layout)
    top = white(values[..., :n], stated)
    if top == USUAL[-1]:
        return image
    bands = scaled(values[..., :n], top)
    alpha = _alpha(values, n, stated, image.info.get("transparency"))
    return _merged(image.mode, bands) if alpha is None else _merged("RGBA", np.dstack([bands, alpha]))


def scaled(values: np.ndarray, top: int) -> np.ndarray:
    """Values from 0 to `top` as 0 to 255, uint8."""
    return np.rint(values * (255.0 / top)).astype(np.uint8)


def _alpha(values: np.ndarray, n: int, stated: Stated | None, key: object) -> np.ndarray | None:
    """(h, w) uint8 from the band behind n colours, or from a colour that means transparent; None without either."""
    if values.shape[-1] > n:
        return scaled(values[..., n], white(values[..., n], stated))
    if isinstance(key, tuple):
        return np.where((values == key).all(axis=-1), 0, 255).astype(np.uint8)
    return None


def _merged(mode: str, bands: np.ndarray) -> Image.Image:
    return Image.merge(mode, [Image.fromarray(bands[..., band]) for band in range(bands.shape[-1])])


def _low_bytes(image: Image.Image, data: bytes, layout: str) -> np.ndarray:
    """(h, w, bands) uint8: the picture loaded again, the bytes of each sample in the other order."""
    if layout.startswith((PACKED_PLANES, TEXT, LAID_IN)):
        raise UnreadablePhoto(f"16-bit colours ({layout}), nearly black as such: save it as PNG, or with 8 bits")
    with Image.open(io.BytesIO(data), formats=[str(image.format)]) as again:
        unscaled(again)
        colour_layout(again)
        again.tile = [_reordered(tile) for tile in again.tile]
        bands = np.asarray(again)
    return bands[..., [1, 1, 1, 3]] if layout.startswith("LA") else bands


def _reordered(tile: ImageFile._Tile) -> ImageFile._Tile:
    """The tile with its layout in the other order; grey with alpha as four bands, a byte each."""
    layout = _layout(tile)
    other = "RGBA" if layout.startswith("LA") else layout[:-1] + OTHER_BYTE[layout[-1]]
    return tile._replace(args=(other, *tile.args[1:]) if isinstance(tile.args, tuple) else other)


def _layout(tile: ImageFile._Tile) -> str:
    return str(tile.args[0] if isinstance(tile.args, tuple) else tile.args)


def _layout_of_planes(image: TiffImagePlugin.TiffImageFile) -> str | None:
    if 16 not in image.tag_v2.get(BITS_PER_SAMPLE, ()) or len(image.getbands()) == 1:
        return None
    if image.tile[0].codec_name != "raw":
        return PACKED_PLANES
    if image.mode == "CMYK":
        raise UnreadablePhoto("a TIFF with planes of 16 bits in CMYK is not read: export it as RGB")
    order = "L" if image.tag_v2.prefix == b"II" else "B"
    image.tile = [tile._replace(args=(f"{_layout(tile)};16{order}", *tile.args[1:])) for tile in image.tile]
    return f"{image.mode};16{order}"
