"""What grows and flies in a garden: toadstool and gnome, which share a cap, sunflower and butterfly."""

import numpy as np

from concepts.demo.canvas import Pen
from concepts.demo.colours import CREAM, INK, WHITE, choose, colour, darker, lighter
from concepts.demo.fills import Colour, dotted, glowing, lit, plain, shaded, striped
from concepts.demo.shapes import box, ellipse, mirrored, ribbon, rosette, rounded_box, smooth

SPOTS = (
    (-0.55, 0.42, 0.17),
    (0.0, 0.46, 0.2),
    (0.55, 0.4, 0.16),
    (-0.27, 0.0, 0.16),
    (0.28, -0.04, 0.17),
    (0, -0.42, 0.13),
)


def draw_cap(pen: Pen, rng: np.random.Generator) -> None:
    """The red cap with white spots, round or pointed, that toadstools and gnomes have in common."""
    red, point = colour("red", rng), rng.uniform(0, 1)
    shoulder, top = 0.72 - 0.2 * point, -0.75 - 0.2 * point
    outline = [(-1.05, 0.95), (-1.1, 0.4), (-shoulder, -0.3), (-0.3 + 0.2 * point, top)]
    outline += [(-x, y) for x, y in reversed(outline)]
    pen.fill(
        smooth(outline), lit(glowing(lighter(red, 0.12), darker(red, 0.12), x=-0.3, y=-0.2, radius=1.4)), part="cap"
    )
    spots = [ellipse(x + rng.uniform(-0.05, 0.05), y, r * rng.uniform(0.85, 1.15), 0.9 * r, n=20) for x, y, r in SPOTS]
    pen.fill(spots, shaded(CREAM), part="cap")


def draw_toadstool(pen: Pen, rng: np.random.Generator) -> str:
    """A toadstool: a stalk under the cap."""
    stalk = [(-0.36, -0.2), (0.36, -0.2), (0.36, 0.5), (0.6, 1.04), (-0.6, 1.04), (-0.36, 0.5)]
    ivory = (0.96, 0.9, 0.76)
    pen.fill(smooth(stalk, rounds=2), lit(striped(ivory, colour("mint", rng), period=0.26), 0.35), part="stalk")
    skirt = [(-0.36, 0.08), (0.36, 0.08), (0.56, 0.36), (0.26, 0.3), (0, 0.4), (-0.26, 0.3), (-0.56, 0.36)]
    pen.fill(smooth(skirt, rounds=2), shaded(lighter(ivory, 0.4)), part="stalk")
    draw_cap(pen.at(0, -0.45, 0.78), rng)
    return "a toadstool with a spotted cap on a pale stalk"


def draw_gnome(pen: Pen, rng: np.random.Generator) -> str:
    """A gnome: a coat, and a beard under the cap."""
    coat = colour("blue", rng)
    pen.fill(smooth([(-0.5, -0.1), (0.5, -0.1), (0.85, 1.05), (-0.85, 1.05)], rounds=2), shaded(coat), part="coat")
    pen.fill(box(-0.72, 0.66, 0.72, 0.82), plain(darker(colour("brown", rng), 0.4)), part="coat")
    pen.fill(ellipse(0, -0.06, 0.46, 0.36), shaded((0.97, 0.78, 0.65)), part="beard")
    _draw_beard(pen)
    draw_cap(pen.at(0, -0.66, 0.6), rng)
    return "a gnome in a blue coat with a white beard and a spotted cap"


def _draw_beard(pen: Pen) -> None:
    outline = [(-0.52, -0.05), (-0.15, 0.1), (0.15, 0.1), (0.52, -0.05), (0.5, 0.45), (0, 0.95), (-0.5, 0.45)]
    strands = striped((0.97, 0.97, 0.98), (0.66, 0.69, 0.78), period=0.19)
    pen.fill(smooth(outline, rounds=2), lit(strands), part="beard")
    pen.fill(ellipse(0, 0.06, 0.14, 0.12), shaded((0.95, 0.6, 0.5)), part="beard")
    pen.fill([ellipse(x, -0.1, 0.05, 0.06, n=12) for x in (-0.2, 0.2)], plain(INK), part="beard")


def draw_sunflower(pen: Pen, rng: np.random.Generator) -> str:
    """A sunflower's head on a stem: two rings of petals around the seeds."""
    green, turn = colour("green", rng), rng.uniform(0, 1)
    pen.fill(ribbon([(0, 0), (0.06, 0.8), (0, 1.7)], 0.13), shaded(green))
    leaf = smooth([(-0.04, 1.2), (0.3, 0.8), (0.8, 0.78), (0.5, 1.15)])
    pen.fill([leaf, mirrored(leaf)], shaded(darker(green, 0.1)))
    gold = colour("golden", rng)
    pen.fill(rosette(0, 0, 0.98, petals=15, depth=0.3, turn=turn), shaded(darker(gold, 0.2)), part="flower head")
    pen.fill(rosette(0, 0, 0.9, petals=15, depth=0.32, turn=turn + 0.21), shaded(gold), part="flower head")
    brown = darker(colour("brown", rng), 0.35)
    seeds = dotted(brown, lighter(brown, 0.3), spacing=0.17, radius=0.05)
    pen.fill(ellipse(0, 0, 0.46), lit(seeds, 0.5), part="flower head")
    return "a sunflower with a golden head"


def draw_butterfly(pen: Pen, rng: np.random.Generator) -> str:
    """A butterfly with four wings, dark at the rim and spotted."""
    name, paint = choose(rng, "sky blue", "orange", "pink")
    lower = smooth([(0.05, 0.1), (0.7, 0.05), (0.85, 0.6), (0.45, 0.95), (0.1, 0.5)])
    upper = smooth([(0.05, 0.15), (0.2, -0.6), (0.8, -0.98), (1.15, -0.5), (0.75, 0.2)])
    _draw_wings(pen, lower, (0.46, 0.48), paint)
    _draw_wings(pen, upper, (0.66, -0.36), paint)
    pen.fill(ellipse(0, 0.05, 0.09, 0.55), shaded(INK))
    feeler = ribbon([(0, -0.4), (0.1, -0.75), (0.32, -0.98)], 0.045)
    pen.fill([feeler, mirrored(feeler)], plain(INK))
    return f"a butterfly with {name} wings"


def _draw_wings(pen: Pen, right: np.ndarray, centre: tuple[float, float], paint: Colour) -> None:
    eye, inner = ellipse(*centre, 0.17, n=20), (right - centre) * 0.76 + centre
    pupil = ellipse(*centre, 0.09, n=14)
    pen.fill([right, mirrored(right)], shaded(darker(paint, 0.72)), part="wings")
    pen.fill([inner, mirrored(inner)], lit(striped(paint, darker(paint, 0.6), period=0.24)), part="wings")
    pen.fill([eye, mirrored(eye)], plain(darker(paint, 0.55)), part="wings")
    pen.fill([pupil, mirrored(pupil)], plain(WHITE), part="wings")


def draw_snowman(pen: Pen, rng: np.random.Generator) -> str:
    """A snowman: two balls of snow under a knitted hat."""
    pen = pen.at(0, 0.16, 0.9)
    snow = (0.97, 0.98, 1.0)
    for y, radius in ((0.52, 0.6), (-0.3, 0.42)):
        ball = glowing(snow, (0.68, 0.76, 0.9), x=-0.25 * radius, y=y - 0.3 * radius, radius=1.35 * radius)
        pen.fill(ellipse(0, y, radius), ball, part="snow")
    coals = [ellipse(x, y, 0.06, n=12) for x, y in ((0, 0.3), (0, 0.58), (-0.15, -0.36), (0.15, -0.36))]
    pen.fill(coals, plain(INK), part="snow")
    carrot = np.array([(-0.02, -0.3), (0.36, -0.2), (-0.02, -0.16)])
    pen.fill(carrot, plain((0.98, 0.55, 0.15)), part="snow")
    _draw_hat(pen, colour("orange", rng), colour("blue", rng))
    return "a snowman with a knitted hat"


def _draw_hat(pen: Pen, wool: Colour, second: Colour) -> None:
    knitted = lit(striped(wool, second, period=0.26), 0.3)
    crown = smooth([(-0.62, -0.48), (-0.6, -1.05), (-0.3, -1.36), (0.3, -1.36), (0.6, -1.05), (0.62, -0.48)])
    pen.fill(ellipse(0, -1.28, 0.17), shaded(second, 0.4), part="hat")
    pen.fill(crown, knitted, part="hat")
    pen.fill(rounded_box(-0.58, -0.74, 0.58, -0.52, radius=0.09), striped(second, wool, period=0.13), part="hat")
