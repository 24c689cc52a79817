"""Three signs of a birthday: a cake, balloons or a present. Each is drawn in a box of about -1 to 1."""

import numpy as np

from concepts.demo.canvas import Pen
from concepts.demo.colours import CREAM, INK, colour, darker, lighter
from concepts.demo.fills import Colour, dotted, falling, lit, plain, shaded, striped
from concepts.demo.shapes import box, ellipse, mirrored, ribbon, rounded_box, smooth


def draw_cake(pen: Pen, rng: np.random.Generator) -> str:
    """A cake of two tiers with three candles."""
    icing, sponge = colour("pink", rng), colour("brown", rng)
    pen.fill(ellipse(0, 0.88, 1.02, 0.13), shaded((0.93, 0.93, 0.97)))
    _draw_candles(pen, colour("sky blue", rng))
    _draw_tier(pen, 0.62, -0.42, 0.22, sponge, icing)
    _draw_tier(pen, 0.9, 0.12, 0.88, sponge, icing)
    return "a birthday cake with pink icing and three candles"


def _draw_tier(pen: Pen, half: float, top: float, bottom: float, sponge: Colour, icing: Colour) -> None:
    layers = striped(sponge, icing, period=0.26, turn=np.pi / 2)
    pen.fill(rounded_box(-half, top, half, bottom, radius=0.09), lit(layers), part="cake")
    drips = [(-half - 0.03, top - 0.06), (half + 0.03, top - 0.06)]
    edge = np.linspace(half + 0.03, -half - 0.03, 15)
    drips += [(x, top + (0.3 if i % 2 else 0.12)) for i, x in enumerate(edge)]
    pen.fill(smooth(drips, rounds=2), shaded(icing), part="cake")


def _draw_candles(pen: Pen, wax: Colour) -> None:
    places = (-0.32, 0.0, 0.32)
    sticks = [box(x - 0.07, -0.82, x + 0.07, -0.38) for x in places]
    pen.fill(sticks, striped(wax, CREAM, period=0.16, turn=1.0), part="cake")
    flames = [smooth([(x, -1.16), (x + 0.12, -0.88), (x, -0.8), (x - 0.12, -0.88)], rounds=2) for x in places]
    pen.fill(flames, falling((1.0, 0.62, 0.15), (1.0, 0.97, 0.7), start=-1.1, end=-0.85), part="cake")


def draw_balloons(pen: Pen, rng: np.random.Generator) -> str:
    """A bunch of three balloons on strings."""
    violet = colour("violet", rng)
    strings = [ribbon([(x, 0.0), (0.4 * x, 0.6), (0, 1.1)], 0.035) for x in (-0.52, 0.52, 0.01)]
    pen.fill(strings, plain(darker(CREAM, 0.4)))
    for x, y in ((-0.56, -0.1), (0.56, -0.14), (0.0, -0.44)):
        _draw_balloon(pen, x, y + rng.uniform(-0.08, 0.08), violet)
    return "three violet birthday balloons with stripes"


def _draw_balloon(pen: Pen, x: float, y: float, paint: Colour) -> None:
    knot = np.array([(x, y + 0.5), (x + 0.09, y + 0.64), (x - 0.09, y + 0.64)])
    pen.fill(knot, plain(darker(paint)), part="balloons")
    skin = lit(striped(paint, lighter(paint, 0.6), period=0.26), 0.3)
    pen.fill(ellipse(x, y, 0.46, 0.57), skin, part="balloons")
    shine = smooth([(x - 0.28, y - 0.1), (x - 0.22, y - 0.38), (x - 0.02, y - 0.44), (x - 0.16, y - 0.3)])
    pen.fill(shine, plain((1, 1, 1)), part="balloons", opacity=0.85)


def draw_present(pen: Pen, rng: np.random.Generator) -> str:
    """A wrapped box with a ribbon and a bow."""
    paper = colour("teal", rng)
    gold = colour("golden", rng)
    wrapping = lit(dotted(paper, gold, spacing=0.34, radius=0.095), 0.3)
    pen.fill(rounded_box(-0.82, -0.2, 0.82, 0.92, radius=0.05), wrapping, part="present")
    pen.fill(rounded_box(-0.92, -0.46, 0.92, -0.12, radius=0.05), lit(wrapping, 0.2), part="present")
    pen.fill(box(-0.92, -0.15, 0.92, -0.1), plain(INK), part="present", opacity=0.25)
    pen.fill(box(-0.11, -0.46, 0.11, 0.92), shaded(gold, 0.3), part="present")
    _draw_bow(pen, gold)
    return "a birthday present in teal paper with a golden bow"


def _draw_bow(pen: Pen, paint: Colour) -> None:
    loop = smooth([(0, -0.46), (0.26, -0.9), (0.6, -0.82), (0.5, -0.5)])
    pen.fill([loop, mirrored(loop)], falling(paint, darker(paint, 0.25), start=-0.95, end=-0.5), part="present")
    pen.fill(ellipse(0, -0.52, 0.15), shaded(darker(paint, 0.1)), part="present")
