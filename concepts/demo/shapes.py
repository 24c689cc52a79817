"""Outlines: functions from a few numbers to the corner points (m, 2) of a closed curve, x to the right, y down."""

import numpy as np

Points = list[tuple[float, float]]


def ellipse(x: float, y: float, rx: float, ry: float | None = None, *, n: int = 36) -> np.ndarray:
    """n points of an ellipse around (x, y); a circle if only one radius is given."""
    turn = np.linspace(0, 2 * np.pi, n, endpoint=False)
    return np.stack([x + rx * np.cos(turn), y + (rx if ry is None else ry) * np.sin(turn)], axis=1)


def box(left: float, top: float, right: float, bottom: float) -> np.ndarray:
    """The four corners of an upright rectangle."""
    return np.array([(left, top), (right, top), (right, bottom), (left, bottom)], dtype=float)


def rounded_box(left: float, top: float, right: float, bottom: float, *, radius: float) -> np.ndarray:
    """An upright rectangle whose corners are quarter circles."""
    quarter = np.linspace(0, np.pi / 2, 7)
    corners = [
        (right - radius, bottom - radius, 0.0),
        (left + radius, bottom - radius, np.pi / 2),
        (left + radius, top + radius, np.pi),
        (right - radius, top + radius, 3 * np.pi / 2),
    ]
    arcs = [
        np.stack([x + radius * np.cos(quarter + turn), y + radius * np.sin(quarter + turn)], axis=1)
        for x, y, turn in corners
    ]
    return np.concatenate(arcs)


def smooth(corners: Points, *, rounds: int = 3) -> np.ndarray:
    """The smooth closed curve of the corners: Chaikin's corner cutting, `rounds` times."""
    points = np.array(corners, dtype=float)
    for _ in range(rounds):
        following = np.roll(points, -1, axis=0)
        cut = np.stack([0.75 * points + 0.25 * following, 0.25 * points + 0.75 * following], axis=1)
        points = cut.reshape(-1, 2)
    return points


def rosette(x: float, y: float, radius: float, *, petals: int, depth: float, turn: float = 0.0) -> np.ndarray:
    """A flower's outline: the radius varies between radius · (1 − depth) and radius, once per petal."""
    angle = np.linspace(0, 2 * np.pi, 10 * petals, endpoint=False)
    r = radius * (1 - depth + depth * np.abs(np.cos(petals * (angle + turn) / 2)))
    return np.stack([x + r * np.cos(angle), y + r * np.sin(angle)], axis=1)


def ribbon(path: Points, width: float, *, tip: float | None = None) -> np.ndarray:
    """A band along a path of two or more points, `width` wide at its start and `tip` wide at its end."""
    points = np.array(path, dtype=float)
    along = np.gradient(points, axis=0)
    across = np.stack([-along[:, 1], along[:, 0]], axis=1) / np.linalg.norm(along, axis=1, keepdims=True)
    half = np.linspace(width, width if tip is None else tip, len(points))[:, None] / 2
    return np.concatenate([points + half * across, (points - half * across)[::-1]])


def perforated(left: float, top: float, right: float, bottom: float, *, teeth: int) -> np.ndarray:
    """The edge of a postage stamp: a rectangle with `teeth` round notches along every side."""
    t = np.linspace(0, 1, 8 * teeth, endpoint=False)
    bite = 0.055 * np.sin(np.pi * ((t * teeth) % 1)) ** 0.5
    width, height = right - left, bottom - top
    sides = [
        (left + t * width, top + bite * height),
        (right - bite * width, top + t * height),
        (right - t * width, bottom - bite * height),
        (left + bite * width, bottom - t * height),
    ]
    return np.concatenate([np.stack(side, axis=1) for side in sides])


def mirrored(points: np.ndarray) -> np.ndarray:
    """The outline mirrored at the y axis."""
    return points * np.array([-1.0, 1.0])
