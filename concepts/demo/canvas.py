"""The canvas: paint applied back to front, with the visible area of every named part."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from PIL import Image, ImageDraw

from concepts.demo.fills import Fill

SIDE = 96  # pixels
OVERSAMPLING = 4
CENTRES = np.arange(SIDE, dtype=np.float32) + np.float32(0.5)


@dataclass(frozen=True)
class Place:
    """An object's coordinate frame in the picture: centre and size in pixels, angle in radians, mirrored or not."""

    x: float = 0.0
    y: float = 0.0
    size: float = 1.0
    angle: float = 0.0
    mirror: bool = False

    def to_picture(self, points: np.ndarray) -> np.ndarray:
        """Points (m, 2) from the object's own units to pixels."""
        return points @ self._matrix.T + (self.x, self.y)

    def to_object(self, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Pixel coordinates converted to the object's own units."""
        (a, b), (c, d) = self._inverse
        dx, dy = x - np.float32(self.x), y - np.float32(self.y)
        return a * dx + b * dy, c * dx + d * dy

    @cached_property
    def _matrix(self) -> np.ndarray:
        cos, sin = np.cos(self.angle), np.sin(self.angle)
        flip = -1.0 if self.mirror else 1.0
        return self.size * np.array([(flip * cos, -sin), (flip * sin, cos)])

    @cached_property
    def _inverse(self) -> np.ndarray:
        return (self._matrix.T / self.size**2).astype(np.float32)  # rotation, reflection and scale


@dataclass
class Canvas:
    """image: (96, 96, 3) float32, colours in [0, 1]. cover: part → (96, 96), the share of each pixel that shows it.

    left_out: parts that are not painted; everything else is painted as if they were.
    """

    image: np.ndarray = field(default_factory=lambda: np.ones((SIDE, SIDE, 3), dtype=np.float32))
    cover: dict[str, np.ndarray] = field(default_factory=dict)
    left_out: frozenset[str] = frozenset()

    def paint(
        self, outlines: Sequence[np.ndarray], fill: Fill, *, place: Place, part: str | None, opacity: float
    ) -> None:
        """Fills outlines, in the units of `place`; they count as visible area of `part` and hide the others."""
        if part in self.left_out:
            return
        polygons = [place.to_picture(outline) for outline in outlines]
        window = _window(polygons)
        if window is None:
            return
        alpha = _coverage(polygons, *window) * np.float32(opacity)
        colours = fill(*place.to_object(CENTRES[None, window[1]], CENTRES[window[0], None]))
        under = self.image[window]
        under += alpha[..., None] * (colours - under)
        self._cover(part, alpha, window)

    def masks(self) -> dict[str, np.ndarray]:
        """Part → (96, 96) bool: the pixels of which at least half show the part."""
        return {part: cover >= 0.5 for part, cover in self.cover.items()}

    def _cover(self, part: str | None, alpha: np.ndarray, window: tuple[slice, slice]) -> None:
        if part is not None and part not in self.cover:
            self.cover[part] = np.zeros((SIDE, SIDE), dtype=np.float32)
        for name, cover in self.cover.items():
            seen = cover[window]
            seen += alpha * ((1 if name == part else 0) - seen)


@dataclass(frozen=True)
class Pen:
    """A canvas in the coordinates of one object: outlines and fills are in its own units, about -1 to 1."""

    canvas: Canvas
    place: Place

    def fill(
        self, outline: np.ndarray | Sequence[np.ndarray], fill: Fill, *, part: str | None = None, opacity: float = 1.0
    ) -> None:
        """Paints one or several outlines at once, as a piece of `part` if given."""
        outlines = [outline] if isinstance(outline, np.ndarray) else outline
        self.canvas.paint(outlines, fill, place=self.place, part=part, opacity=opacity)

    def at(self, x: float, y: float, size: float, angle: float = 0.0) -> "Pen":
        """A pen for a smaller object centred at (x, y) of this one."""
        centre = self.place.to_picture(np.array([(x, y)]))[0]
        turn = -angle if self.place.mirror else angle
        placed = replace(
            self.place,
            x=float(centre[0]),
            y=float(centre[1]),
            size=self.place.size * size,
            angle=self.place.angle + turn,
        )
        return Pen(self.canvas, placed)


def _window(polygons: Sequence[np.ndarray]) -> tuple[slice, slice] | None:
    """Rows and columns of the picture that the polygons can touch; None if they lie outside."""
    points = polygons[0] if len(polygons) == 1 else np.concatenate(polygons)
    left, top = (max(int(low), 0) for low in points.min(axis=0))
    right, bottom = (min(int(high) + 1, SIDE) for high in points.max(axis=0))
    return None if right <= left or bottom <= top else (slice(top, bottom), slice(left, right))


def _coverage(polygons: Sequence[np.ndarray], rows: slice, columns: slice) -> np.ndarray:
    """(h, w) float32 in [0, 1]: the share of each pixel of the window inside the polygons."""
    size = ((columns.stop - columns.start) * OVERSAMPLING, (rows.stop - rows.start) * OVERSAMPLING)
    fine = Image.new("L", size)
    pencil, corner = ImageDraw.Draw(fine), (columns.start, rows.start)
    for points in polygons:
        pencil.polygon(((points - corner) * OVERSAMPLING - 0.5).ravel().tolist(), fill=255)
    return np.asarray(fine.reduce(OVERSAMPLING), dtype=np.float32) * np.float32(1 / 255)
