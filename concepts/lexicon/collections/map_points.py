"""The points of a map: the photos of a collection, or the places of all of them, each with its name and its picture."""

import io
from dataclasses import dataclass

import numpy as np
from PIL import Image

from concepts.data.images.jpeg import jpeg_bytes
from concepts.lexicon.collections.collection import Collection
from concepts.lexicon.collections.mapped import PHOTOS, PLACES, nearest_photos, nearest_places
from concepts.storage.listing import reason_of

NOUNS = {PHOTOS: "photo", PLACES: "place"}
CELLS, LEAST = 3, 0.4  # a place's picture has so many cells a side, and this share of the photo's short side or more


@dataclass(frozen=True, eq=False)
class MapPoints:
    """The points of a map of `of`, "photos" or "places": number = photo · per + place, place = row · w + column.

    Of photos there is one a photo, per = 1. Raises ValueError for another kind.
    """

    collection: Collection
    of: str = PHOTOS

    def __post_init__(self) -> None:
        if self.of not in NOUNS:
            raise ValueError(f"a map of {self.of!r}: choose {' or '.join(NOUNS)}")

    @property
    def noun(self) -> str:
        """What a point is, in words."""
        return NOUNS[self.of]

    @property
    def per(self) -> int:
        """Points of a photo."""
        rows, columns = self.collection.grid if self.of == PLACES else (1, 1)
        return rows * columns

    def __len__(self) -> int:
        return len(self.collection) * self.per

    def of_photos(self, photos: np.ndarray | None) -> np.ndarray | None:
        """(n · per,) bool: the points of these photos (n,) bool; None for all."""
        return photos if photos is None or self.per == 1 else np.repeat(photos, self.per)

    def photos_with(self, points: np.ndarray) -> np.ndarray:
        """(n,) bool: the photos with a point among these (n · per,) bool."""
        return np.logical_or.reduce(points.reshape(-1, self.per), axis=1)

    def photo(self, point: int) -> int:
        """The row of the photo that a point is of."""
        return point // self.per

    def name(self, point: int) -> str:
        """The photo's name, and where in it the place is."""
        name = self.collection.names[self.photo(point)]
        if self.of == PHOTOS:
            return name
        row, column = divmod(point % self.per, self.collection.grid[1])
        return f"{name}, row {row + 1}, column {column + 1}"

    def picture(self, point: int) -> bytes:
        """JPEG of the photo; of a place what is around it, darker, cut where the photo ends.

        Raises ValueError where the photo's picture is missing or cannot be read.
        """
        content = self.collection.thumbnail(self.photo(point))
        return content if self.of == PHOTOS else self._lit(content, point, cut=True)

    def whole(self, point: int) -> bytes:
        """JPEG of the photo that a point is of, darker where a place is not. Raises as `picture`."""
        content = self.collection.thumbnail(self.photo(point))
        return content if self.of == PHOTOS else self._lit(content, point)

    def nearest(self, point: int, *, top: int, photos: np.ndarray | None = None) -> list[int]:
        """The `top` points that are most like one, without itself, best first; photos: (n,) bool, those that count."""
        find = nearest_photos if self.of == PHOTOS else nearest_places
        return find(self.collection, point, top=top, items=photos)

    def _lit(self, content: bytes, point: int, *, cut: bool = False) -> bytes:
        from concepts.report.pipeline.crops import dim_outside

        try:
            picture = Image.open(io.BytesIO(content)).convert("RGB")
        except OSError as error:
            reason = reason_of(error, self.collection.folder)
            raise ValueError(f"{self.name(point)} cannot be shown ({reason})") from error
        left, top, right, bottom = cell = _cell(point % self.per, self.collection.grid, picture.size)
        box = _window(cell, picture.size) if cut else (0, 0, *picture.size)
        region = np.zeros((box[3] - box[1], box[2] - box[0]), bool)
        region[max(0, top - box[1]) : bottom - box[1], max(0, left - box[0]) : right - box[0]] = True
        return jpeg_bytes(dim_outside(picture.crop(box), region))


def _cell(place: int, grid: tuple[int, int], size: tuple[int, int]) -> tuple[int, int, int, int]:
    """Left, top, right, bottom of a place in pixels, one at least a side. size: width and height of the picture."""
    (h, w), (width, height) = grid, size
    row, column = divmod(place, w)
    left, top = column * width // w, row * height // h
    return left, top, max(left + 1, (column + 1) * width // w), max(top + 1, (row + 1) * height // h)


def _window(cell: tuple[int, int, int, int], size: tuple[int, int]) -> tuple[int, int, int, int]:
    """The square around a cell, moved so that it lies in the picture."""
    left, top, right, bottom = cell
    longest = max(right - left, bottom - top)
    side = min(max(CELLS * longest, round(LEAST * min(size))), *size)
    x, y = ((low + high - side) // 2 for low, high in ((left, right), (top, bottom)))
    x, y = min(max(x, 0), size[0] - side), min(max(y, 0), size[1] - side)
    return x, y, x + side, y + side
