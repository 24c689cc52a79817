"""Scenes: backgrounds. Most classes occur in all of them, so that no background identifies a class."""

from collections.abc import Callable

import numpy as np

from concepts.demo.canvas import SIDE, Canvas, Pen, Place
from concepts.demo.colours import CREAM, blend, choose, darker, lighter
from concepts.demo.fills import Colour, falling, glowing, plain, striped
from concepts.demo.shapes import box, ellipse, ribbon, smooth

Scene = Callable[[Pen, np.random.Generator], None]
WHOLE = box(-1, -1, 1, 1)


def draw_scene(canvas: Canvas, rng: np.random.Generator, names: tuple[str, ...] = ()) -> str:
    """Paints a random one of the named scenes, or of all if none is named. Returns a description of the place."""
    names = names or tuple(SCENES)
    name = names[int(rng.integers(len(names)))]
    SCENES[name](Pen(canvas, Place(SIDE / 2, SIDE / 2, SIDE / 2)), rng)
    return name


def _wash(pen: Pen, rng: np.random.Generator, top: Colour, bottom: Colour) -> None:
    light = rng.uniform(-0.08, 0.08)
    tint = [blend(paint, (1, 1, 1) if light > 0 else (0, 0, 0), abs(light)) for paint in (top, bottom)]
    pen.fill(WHOLE, falling(tint[0], tint[1]))


def _ground(pen: Pen, rng: np.random.Generator, paint: Colour, *, height: float, swell: float = 0.08) -> None:
    left, middle, right = height + swell * rng.uniform(-1, 1, 3)
    top = [(-1.3, left), (-0.5, (left + middle) / 2), (0.0, middle), (0.5, (middle + right) / 2), (1.3, right)]
    pen.fill(
        smooth([*top, (1.3, 1.5), (-1.3, 1.5)], rounds=2),
        falling(lighter(paint, 0.2), darker(paint, 0.18), start=height),
    )


def _scattered(
    rng: np.random.Generator, n: int, *, low: float, high: float, sizes: tuple[float, float]
) -> list[tuple[float, float, float]]:
    """n random places (x, y, size), at any x and between two heights."""
    across, heights, grown = rng.uniform(-1, 1, n), rng.uniform(low, high, n), rng.uniform(*sizes, n)
    return list(zip(across.tolist(), heights.tolist(), grown.tolist(), strict=True))


def _clouds(pen: Pen, rng: np.random.Generator, *, opacity: float = 0.75) -> None:
    cloud = smooth(
        [(-1.6, 0.5), (-1.5, -0.1), (-0.7, -0.6), (0.2, -0.9), (0.9, -0.4), (1.6, 0.0), (1.6, 0.5)], rounds=2
    )
    sky = _scattered(rng, int(rng.integers(1, 4)), low=-0.9, high=-0.2, sizes=(0.12, 0.26))
    pen.fill([size * cloud + (x, y) for x, y, size in sky], plain((1, 1, 1)), opacity=opacity)


def _meadow(pen: Pen, rng: np.random.Generator) -> None:
    _wash(pen, rng, (0.55, 0.78, 0.94), (0.9, 0.95, 0.95))
    _clouds(pen, rng)
    _ground(pen, rng, (0.55, 0.74, 0.5), height=rng.uniform(-0.05, 0.3), swell=0.2)
    _ground(pen, rng, (0.48, 0.7, 0.4), height=rng.uniform(0.35, 0.65))
    blades = [ribbon([(0.4 * x, 0.5), (0.7 * x, 0), (1.2 * x, -0.8)], 0.3, tip=0.02) for x in (-0.7, 0.0, 0.7)]
    tufts = _scattered(rng, int(rng.integers(3, 9)), low=0.5, high=1.0, sizes=(0.08, 0.12))
    grass = [size * blade + (x, y) for x, y, size in tufts for blade in blades]
    pen.fill(grass, plain(darker((0.4, 0.62, 0.34), rng.uniform(0, 0.2))))


def _seaside(pen: Pen, rng: np.random.Generator) -> None:
    _wash(pen, rng, (0.6, 0.83, 0.95), (0.97, 0.93, 0.85))
    _clouds(pen, rng)
    level = rng.uniform(0.15, 0.5)
    pen.fill(box(-1, level, 1, 1), falling((0.5, 0.75, 0.85), (0.2, 0.5, 0.68), start=level))
    wave = ribbon([(-1, 0), (0, 0.16), (1, 0)], 0.14)
    waves = _scattered(rng, int(rng.integers(5, 11)), low=level + 0.06, high=1.0, sizes=(0.08, 0.2))
    pen.fill([size * wave + (x, y) for x, y, size in waves], plain((1, 1, 1)), opacity=0.5)


def _dusk(pen: Pen, rng: np.random.Generator) -> None:
    _wash(pen, rng, (0.45, 0.4, 0.66), (0.98, 0.74, 0.62))
    x, y = rng.uniform(-0.9, 0.9), rng.uniform(-0.3, 0.3)
    pen.fill(ellipse(x, y, 0.2), plain((1.0, 0.9, 0.75)), opacity=0.8)
    _ground(pen, rng, (0.5, 0.4, 0.6), height=rng.uniform(0.1, 0.4), swell=0.25)
    _ground(pen, rng, (0.36, 0.32, 0.52), height=rng.uniform(0.5, 0.75), swell=0.15)


def _night(pen: Pen, rng: np.random.Generator) -> None:
    _wash(pen, rng, (0.1, 0.13, 0.3), (0.32, 0.36, 0.58))
    stars = _scattered(rng, int(rng.integers(8, 18)), low=-1.0, high=0.4, sizes=(0.008, 0.022))
    pen.fill([ellipse(*star, n=8) for star in stars], plain((1, 1, 0.9)), opacity=0.9)
    _ground(pen, rng, (0.17, 0.22, 0.38), height=rng.uniform(0.45, 0.75), swell=0.15)


def _snow(pen: Pen, rng: np.random.Generator) -> None:
    _wash(pen, rng, (0.66, 0.76, 0.86), (0.85, 0.9, 0.94))
    _ground(pen, rng, (0.8, 0.86, 0.93), height=rng.uniform(0.1, 0.5), swell=0.2)
    flakes = _scattered(rng, int(rng.integers(14, 30)), low=-1.0, high=1.0, sizes=(0.012, 0.028))
    pen.fill([ellipse(*flake, n=8) for flake in flakes], plain((1, 1, 1)), opacity=0.85)


def _room(pen: Pen, rng: np.random.Generator) -> None:
    wall = lighter(choose(rng, "mint", "pink", "sky blue", "golden")[1], 0.55)
    pen.fill(WHOLE, striped(wall, darker(wall, 0.07), period=rng.uniform(0.2, 0.4)))
    floor = rng.uniform(0.4, 0.7)
    pen.fill(box(-1, floor, 1, 1), falling((0.8, 0.64, 0.48), (0.62, 0.46, 0.34), start=floor))
    pen.fill(box(-1, floor - 0.05, 1, floor + 0.02), plain((0.97, 0.95, 0.92)))


def _paper(pen: Pen, rng: np.random.Generator) -> None:
    sheet = blend(CREAM, (0.9, 0.86, 0.8), rng.uniform(0, 1))
    pen.fill(WHOLE, glowing(lighter(sheet, 0.3), darker(sheet, 0.12), radius=1.4))
    blot = smooth([(-1, 0), (-0.4, -0.8), (0.7, -0.6), (1, 0.3), (0, 0.9)], rounds=2)
    for x, y, size in _scattered(rng, int(rng.integers(2, 6)), low=-1.0, high=1.0, sizes=(0.15, 0.4)):
        _, paint = choose(rng, "mint", "pink", "sky blue", "golden", "coral")
        pen.fill(size * blot + (x, y), plain(paint), opacity=0.22)


SCENES: dict[str, Scene] = {
    "in a meadow": _meadow,
    "at the sea": _seaside,
    "at dusk": _dusk,
    "at night": _night,
    "in the snow": _snow,
    "in a room": _room,
    "on painted paper": _paper,
}
