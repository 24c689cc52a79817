"""Lines over time as an SVG, drawn by hand: no library that is required writes pictures of charts."""

from collections.abc import Callable
from dataclasses import dataclass, field
from html import escape
from math import ceil, floor, log10

WIDTH, HEIGHT = 960, 420
LEFT, RIGHT, TOP, BOTTOM = 70, 130, 44, 76  # room around the lines
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#000000")  # of Okabe and Ito: told apart by the colour-blind
Place = Callable[[tuple[float, float]], tuple[float, float]]
APART = 16  # pixels between two names
TICKS = 6


@dataclass
class Line:
    """A name and its points (x, y), y ≥ 0."""

    name: str
    points: list[tuple[float, float]] = field(default_factory=list)


def line_chart(lines: list[Line], *, title: str, x: str, y: str, note: str) -> str:
    """An SVG of at most five lines, each with its name at its end. x, y: names of the axes. note: below.

    Raises ValueError where no line has a point, or there are more lines than colours.
    """
    drawn = [line for line in lines if line.points]
    if not 1 <= len(drawn) <= len(COLOURS):
        raise ValueError(f"{len(drawn)} lines have points: give 1 to {len(COLOURS)}")
    most_x, most_y = (max(point[axis] for line in drawn for point in line.points) or 1.0 for axis in (0, 1))
    step_x, step_y = _step(most_x), _step(most_y)
    top = step_y * ceil(most_y / step_y)
    wide, high = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM

    def place(point: tuple[float, float]) -> tuple[float, float]:
        return LEFT + wide * point[0] / most_x, TOP + high * (1 - point[1] / top)

    parts = [*_grid(place, most_x, step_x, top, step_y)]
    parts += [_text(LEFT, 24, title, size=15), _text(LEFT + wide / 2, HEIGHT - 40, x, anchor="middle")]
    parts += [_text(8, TOP - 10, y), _text(LEFT, HEIGHT - 12, note, size=11, font="monospace")]
    ends = _spread([place(line.points[-1])[1] for line in drawn])
    for line, colour, end in zip(drawn, COLOURS, ends, strict=False):
        points = " ".join(f"{px:.1f},{py:.1f}" for px, py in map(place, line.points))
        parts.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts.append(_text(LEFT + wide + 8, end + 4, line.name, colour=colour))
    start = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img">'
    back = f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>'
    return "\n".join([start, f"<title>{escape(title)}</title>", back, *parts, "</svg>", ""])


def _grid(place: Place, most_x: float, step_x: float, top: float, step_y: float) -> list[str]:
    """Lines across at round values of y, and the numbers at both axes."""
    parts = []
    for i in range(floor(top / step_y + 1e-9) + 1):
        left, right = place((0.0, i * step_y)), place((most_x, i * step_y))
        parts.append(f'<path d="M{left[0]:.1f} {left[1]:.1f}H{right[0]:.1f}" stroke="#d9d9d9"/>')
        parts.append(_text(left[0] - 8, left[1] + 4, f"{i * step_y:,g}", anchor="end"))
    for i in range(floor(most_x / step_x + 1e-9) + 1):
        px, py = place((i * step_x, 0.0))
        parts.append(_text(px, py + 18, f"{i * step_x:,g}", anchor="middle"))
    return parts


def _step(most: float) -> float:
    """A round step, 1, 2 or 5 times a power of ten, of which about TICKS reach this value."""
    power = 10.0 ** floor(log10(most / TICKS))
    return next(power * factor for factor in (1, 2, 5, 10) if power * factor * TICKS >= most)


def _spread(places: list[float]) -> list[float]:
    """The same places, moved apart from top to bottom so that names do not cover each other."""
    moved, last = [0.0] * len(places), float("-inf")
    for i in sorted(range(len(places)), key=places.__getitem__):
        last = moved[i] = max(places[i], last + APART)
    return moved


def _text(
    x: float, y: float, words: str, *, size: int = 12, anchor: str = "start", colour: str = "#333333",
    font: str = "sans-serif",
) -> str:  # fmt: skip
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-family="{font}" font-size="{size}" text-anchor="{anchor}" '
        f'fill="{colour}">{escape(words)}</text>'
    )
