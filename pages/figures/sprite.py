"""One mosaic of small thumbnails, so that a photo can be shown at the pointer without a request to the server."""

import io
import math
from collections.abc import Callable
from dataclasses import dataclass

from PIL import Image, ImageOps

from concepts.rendering.colours import MISSING
from concepts.rendering.pictures import data_uri

PIXELS = 4_000_000  # of the whole mosaic, unless said otherwise
LARGEST, SMALLEST = 128, 28  # pixels of a tile's side
MOST = PIXELS // SMALLEST**2  # photos that fit; of more, only the first ones are included


@dataclass(frozen=True)
class Sprite:
    """The mosaic as a data URI, the side of a tile in pixels, tiles in a row, and the number of photos in it."""

    source: str
    tile: int
    columns: int
    n: int


def tile_size(n: int, pixels: int = PIXELS) -> int:
    """The largest tile side at which n tiles fit into the mosaic's pixels."""
    return max(SMALLEST, min(LARGEST, int(math.sqrt(pixels / max(n, 1)))))


def sprite(thumbnail: Callable[[int], bytes], n: int, *, pixels: int = PIXELS) -> Sprite:
    """The mosaic of the first n photos, row by row; a photo that cannot be read stays grey. pixels: of all tiles."""
    n = min(n, pixels // SMALLEST**2)
    tile, columns = tile_size(n, pixels), max(1, math.ceil(math.sqrt(n)))
    sheet = Image.new("RGB", (columns * tile, max(1, math.ceil(n / columns)) * tile), MISSING)
    for i in range(n):
        try:
            sheet.paste(_tile(thumbnail(i), tile), (i % columns * tile, i // columns * tile))
        except (ValueError, OSError):
            continue  # the tile stays grey
    buffer = io.BytesIO()
    sheet.save(buffer, "JPEG", quality=78)
    return Sprite(data_uri(buffer.getvalue()), tile, columns, n)


def _tile(content: bytes, side: int) -> Image.Image:
    opened = Image.open(io.BytesIO(content))
    opened.draft("RGB", (side, side))
    picture = ImageOps.contain(
        opened.convert("RGB"), (side, side)
    )  # a smaller one is enlarged: no grey frame around it
    square = Image.new("RGB", (side, side), MISSING)
    square.paste(picture, ((side - picture.width) // 2, (side - picture.height) // 2))
    return square
