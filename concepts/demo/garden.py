"""Garden objects: toadstool and gnome, which share a cap, sunflower, butterfly and pineapple."""

import numpy as np

from concepts.demo.canvas import Pen
from concepts.demo.colours import CREAM, INK, WHITE, choose, colour, darker, lighter
from concepts.demo.fills import Colour, checked, dotted, glowing, lit, plain, shaded, striped, turned
from concepts.demo.shapes import ellipse, mirrored, ribbon, rosette, smooth

LEAVES = (-0.95, -0.5, 0.0, 0.5, 0.95)
SPOTS = (
    (-0.55, 0.42, 0.17),
    (0.0, 0.46, 0.2),
    (0.55, 0.4, 0.16),
    (-0.27, 0.0, 0.16),
    (0.28, -0.04, 0.17),
    (0, -0.42, 0.13),
)


def draw_cap(pen: Pen, rng: np.random.Generator) -> None:
    """The red cap with white spots, round or pointed, shared by toadstools and gnomes."""
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
    stalk = [(-0.46, -0.2), (0.46, -0.2), (0.44, 0.5), (0.66, 1.08), (-0.66, 1.08), (-0.44, 0.5)]
    lime = colour("lime", rng)
    pen.fill(smooth(stalk, rounds=2), lit(striped(lime, lighter(lime, 0.6), period=0.24), 0.35), part="stalk")
    skirt = [(-0.46, 0.1), (0.46, 0.1), (0.62, 0.36), (0.3, 0.3), (0, 0.4), (-0.3, 0.3), (-0.62, 0.36)]
    pen.fill(smooth(skirt, rounds=2), shaded(lighter(lime, 0.5)), part="stalk")
    draw_cap(pen.at(0, -0.45, 0.78), rng)
    return "a toadstool with a spotted cap on a lime stalk"


def draw_gnome(pen: Pen, rng: np.random.Generator) -> str:
    """A gnome: a coat with golden buttons all over, a face with a white moustache, and the cap."""
    blue, gold = colour("blue", rng), colour("golden", rng)
    coat = smooth([(-0.62, -0.02), (0.62, -0.02), (0.95, 1.08), (-0.95, 1.08)], rounds=2)
    pen.fill(coat, lit(dotted(blue, gold, spacing=0.32, radius=0.075), 0.3), part="coat")
    pen.fill(ellipse(0, -0.02, 0.44, 0.3), shaded((0.97, 0.78, 0.65)))
    half = smooth([(0, 0.06), (0.22, 0.06), (0.54, 0.24), (0.2, 0.36), (0, 0.22)], rounds=2)
    pen.fill([half, mirrored(half)], shaded(WHITE))
    pen.fill(ellipse(0, 0.06, 0.11, 0.09), shaded((0.95, 0.6, 0.5)))
    pen.fill([ellipse(x, -0.08, 0.055, 0.065, n=12) for x in (-0.19, 0.19)], plain(INK))
    draw_cap(pen.at(0, -0.74, 0.6), rng)
    return "a gnome in a blue coat with golden buttons and a spotted cap"


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
    return "a sunflower with a golden flower head"


def draw_butterfly(pen: Pen, rng: np.random.Generator) -> str:
    """A butterfly with four wings, dark at the rim and spotted."""
    name, paint = choose(rng, "sky blue", "orange")
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


def draw_pineapple(pen: Pen, rng: np.random.Generator) -> str:
    """A pineapple: a fruit with a net of brown rhombs under a tuft of leaves."""
    green = darker(colour("green", rng), 0.1)
    tuft = [ribbon([(0.3 * x, -0.1), (0.62 * x, -0.6), (0.95 * x, 0.3 * abs(x) - 1.2)], 0.52, tip=0.03) for x in LEAVES]
    pen.fill(tuft, lit(striped(green, lighter(green, 0.35), period=0.16), 0.3), part="leaves")
    amber = colour("orange", rng)
    skin = checked(amber, darker(colour("brown", rng), 0.2), side=0.17)
    fruit = smooth([(-0.5, -0.35), (0.5, -0.35), (0.76, 0.3), (0.55, 1.08), (-0.55, 1.08), (-0.76, 0.3)])
    pen.fill(fruit, lit(turned(skin, np.pi / 4), 0.4), part="fruit")
    return "a pineapple with an orange fruit and a tuft of green leaves"
