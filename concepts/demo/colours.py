"""Named colours, each a small region of colour space rather than a point."""

import colorsys

import numpy as np

from concepts.demo.fills import Colour

CREAM, INK, WHITE = (0.98, 0.95, 0.86), (0.16, 0.14, 0.2), (1.0, 1.0, 1.0)
PAINTS: dict[str, tuple[float, float, float]] = {  # hue, saturation, value
    "red": (0.99, 0.78, 0.86),
    "coral": (0.03, 0.6, 0.94),
    "orange": (0.08, 0.78, 0.97),
    "golden": (0.125, 0.75, 0.98),
    "lime": (0.21, 0.58, 0.82),
    "green": (0.36, 0.55, 0.66),
    "mint": (0.43, 0.34, 0.86),
    "teal": (0.5, 0.6, 0.68),
    "sky blue": (0.55, 0.5, 0.92),
    "blue": (0.61, 0.68, 0.82),
    "violet": (0.73, 0.48, 0.78),
    "pink": (0.94, 0.36, 0.96),
    "brown": (0.07, 0.55, 0.56),
    "white": (0.12, 0.05, 0.97),
    "silver": (0.6, 0.08, 0.82),
}


def colour(name: str, rng: np.random.Generator, *, spread: float = 1.0) -> Colour:
    """A random colour of this name: hue ± 0.012, saturation and value ± 0.06, times the spread."""
    hue, saturation, value = PAINTS[name]
    shift = spread * rng.uniform(-1, 1, 3) * (0.012, 0.06, 0.06)
    return colorsys.hsv_to_rgb(
        (hue + shift[0]) % 1, float(np.clip(saturation + shift[1], 0, 1)), float(np.clip(value + shift[2], 0, 1))
    )


def choose(rng: np.random.Generator, *names: str) -> tuple[str, Colour]:
    """One of the names, with equal probability, and a random colour of that name."""
    name = names[int(rng.integers(len(names)))]
    return name, colour(name, rng)


def blend(first: Colour, second: Colour, share: float) -> Colour:
    """The first colour mixed with a share of the second."""
    red, green, blue = ((1 - share) * a + share * b for a, b in zip(first, second, strict=True))
    return red, green, blue


def darker(paint: Colour, share: float = 0.25) -> Colour:
    """The colour mixed with a share of ink."""
    return blend(paint, INK, share)


def lighter(paint: Colour, share: float = 0.35) -> Colour:
    """The colour mixed with a share of white."""
    return blend(paint, WHITE, share)
