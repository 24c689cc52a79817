"""Fills: functions from places (x, y) in an object's own units to colours in [0, 1].

x: (1, w) and y: (h, 1), or any shapes that broadcast. Colours: (h, w, 3), or (3,) for one colour everywhere.
"""

import math
from collections.abc import Callable

import numpy as np

Colour = tuple[float, float, float]  # red, green, blue in [0, 1]
Fill = Callable[[np.ndarray, np.ndarray], np.ndarray]
EDGE = 0.06  # softness of edges inside a pattern, in the object's own units


def plain(colour: Colour) -> Fill:
    """One colour everywhere."""
    paint = np.array(colour, dtype=np.float32)
    return lambda x, y: paint  # broadcasts over the places


def lit(fill: Fill, strength: float = 0.22) -> Fill:
    """A fill lit by a lamp at the upper left: brighter by `strength` at (-1, -1), darker at (1, 1)."""

    def colours(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        light = 1 - np.float32(0.5 * strength) * (x + y)
        return fill(x, y) * light[..., None]

    return colours


def shaded(colour: Colour, strength: float = 0.22) -> Fill:
    """One colour lit by the lamp."""
    return lit(plain(colour), strength)


def mixed(first: Fill, second: Fill, weight: Callable[[np.ndarray, np.ndarray], np.ndarray]) -> Fill:
    """`second` where the weight is 1, `first` where it is 0."""

    def colours(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        share = np.clip(weight(x, y), 0, 1, dtype=np.float32)[..., None]
        under = first(x, y)
        return under + share * (second(x, y) - under)

    return colours


def turned(fill: Fill, angle: float) -> Fill:
    """A fill rotated by an angle in radians."""
    cos, sin = math.cos(angle), math.sin(angle)
    return lambda x, y: fill(cos * x + sin * y, cos * y - sin * x)


def striped(first: Colour, second: Colour, *, period: float, turn: float = 0.0) -> Fill:
    """Bands of equal width, one of each colour per period; vertical at turn 0, horizontal at π/2."""
    fx, fy = (2 * math.pi * part / period for part in (math.cos(turn), math.sin(turn)))
    sharpness = period / EDGE / 6
    return mixed(plain(first), plain(second), lambda x, y: 0.5 + sharpness * np.sin(fx * x + fy * y))


def dotted(ground: Colour, dot: Colour, *, spacing: float, radius: float) -> Fill:
    """Dots on a grid in which every other row is shifted by half a step."""

    def inside(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        row = np.floor(y / spacing)
        dx = (x / spacing + 0.5 * (row % 2)) % 1 - 0.5
        dy = (y / spacing) % 1 - 0.5
        return 0.5 + (radius - spacing * np.hypot(dx, dy)) / EDGE

    return mixed(plain(ground), plain(dot), inside)


def checked(first: Colour, second: Colour, *, side: float) -> Fill:
    """A chessboard whose squares have this side."""
    sharpness, step = 4 * side / EDGE / 6, math.pi / side
    return mixed(plain(first), plain(second), lambda x, y: 0.5 + sharpness * np.sin(step * x) * np.sin(step * y))


def scaled(ground: Colour, rim: Colour, *, spacing: float) -> Fill:
    """Fish scales: overlapping rows of half circles with a rim of another colour."""

    def on_rim(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        column = np.floor(x / spacing)
        dx = (x / spacing) % 1
        dy = (y / spacing + 0.5 * (column % 2)) % 1 - 0.5
        return 1 - np.abs(dx - 2.4 * dy**2 - 0.2) * spacing / EDGE

    return mixed(plain(ground), plain(rim), on_rim)


def glowing(middle: Colour, edge: Colour, *, x: float = 0.0, y: float = 0.0, radius: float = 1.0) -> Fill:
    """A gradient from one colour at (x, y) to another at the radius: a ball, a flame, a petal."""
    return mixed(plain(middle), plain(edge), lambda u, v: np.hypot(u - x, v - y) / radius)


def falling(top: Colour, bottom: Colour, *, start: float = -1.0, end: float = 1.0) -> Fill:
    """A gradient from one colour at height `start` to another at `end`."""
    return mixed(plain(top), plain(bottom), lambda x, y: (y - start) / (end - start))
