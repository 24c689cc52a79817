"""Toys on a shelf: boat with its stamp, rocket, robot and fish."""

import numpy as np

from concepts.demo.canvas import Pen
from concepts.demo.colours import CREAM, INK, WHITE, choose, colour, darker, lighter
from concepts.demo.fills import Colour, checked, dotted, falling, glowing, lit, plain, scaled, shaded, striped
from concepts.demo.shapes import box, ellipse, mirrored, perforated, ribbon, rounded_box, smooth

IRON = (0.42, 0.42, 0.48)


def draw_boat(pen: Pen, rng: np.random.Generator) -> str:
    """A sailing boat: two sails above a hull of planks."""
    trim = colour("blue", rng)
    pen.fill(box(-0.1, -1.1, -0.02, 0.4), shaded(darker(colour("brown", rng), 0.3)))
    cloth = lit(striped(CREAM, colour("coral", rng), period=0.34, turn=np.pi / 2), 0.2)
    main = smooth([(0.0, -1.15), (0.0, 0.34), (1.15, 0.34), (0.8, -0.5)], rounds=2)
    jib = smooth([(-0.12, -0.95), (-0.12, 0.34), (-0.98, 0.34), (-0.66, -0.3)], rounds=2)
    pen.fill([main, jib], cloth, part="sail")
    wood = colour("brown", rng)
    planks = lit(striped(wood, darker(wood, 0.3), period=0.17, turn=np.pi / 2))
    hull = np.array([(-1.08, 0.42), (1.14, 0.42), (0.76, 1.08), (-0.74, 1.08)])
    pen.fill(hull, planks, part="hull")
    pen.fill(np.array([(-1.1, 0.4), (1.16, 0.4), (1.1, 0.51), (-1.04, 0.51)]), shaded(trim), part="hull")
    return "a sailing boat with striped sails and a brown hull"


def draw_stamp(pen: Pen, rng: np.random.Generator) -> None:
    """A postage stamp: a crown on magenta in a perforated frame."""
    magenta = (0.83, 0.12, 0.52)
    pen.fill(perforated(-0.84, -1.0, 0.84, 1.0, teeth=7), plain((1.0, 0.99, 0.97)), part="stamp")
    pen.fill(box(-0.72, -0.88, 0.72, 0.88), shaded(magenta, rng.uniform(0.1, 0.3)), part="stamp")
    crown = [(-0.38, 0.24), (-0.4, -0.36), (-0.18, -0.05), (0, -0.46), (0.18, -0.05), (0.4, -0.36), (0.38, 0.24)]
    pen.fill([np.array(crown), box(-0.38, 0.34, 0.38, 0.46)], plain((1.0, 0.9, 0.95)), part="stamp")


def draw_rocket(pen: Pen, rng: np.random.Generator) -> str:
    """A rocket on its flame: a silver body with coloured nose, fins and a round window."""
    name, trim = choose(rng, "teal", "green")
    _draw_flame(pen)
    fin = smooth([(0.3, 0.0), (0.78, 0.42), (0.74, 0.72), (0.28, 0.42)], rounds=2)
    pen.fill([fin, mirrored(fin)], shaded(darker(trim, 0.15)), part="fuselage")
    silver = colour("silver", rng)
    body = smooth([(0, -1.25), (0.46, -0.7), (0.46, 0.2), (0.26, 0.56), (-0.26, 0.56), (-0.46, 0.2), (-0.46, -0.7)])
    pen.fill(body, lit(checked(lighter(silver), trim, side=0.24), 0.4), part="fuselage")
    nose = smooth([(0, -1.25), (0.3, -0.9), (0.34, -0.62), (-0.34, -0.62), (-0.3, -0.9)], rounds=2)
    pen.fill(nose, shaded(trim), part="fuselage")
    pen.fill(ellipse(0, -0.22, 0.24), shaded(darker(trim, 0.2)), part="fuselage")
    glass = glowing((0.85, 0.97, 1), (0.3, 0.6, 0.85), x=-0.06, y=-0.3, radius=0.3)
    pen.fill(ellipse(0, -0.22, 0.16), glass, part="fuselage")
    return f"a rocket with a {name} nose and a silver fuselage on a flame"


def _draw_flame(pen: Pen) -> None:
    outer = [(-0.34, 0.5), (0.34, 0.5), (0.44, 0.85), (0.2, 1.05), (0, 1.5), (-0.2, 1.05), (-0.44, 0.85)]
    pen.fill(smooth(outer, rounds=2), falling((1, 0.75, 0.2), (0.95, 0.3, 0.1), start=0.5, end=1.4), part="flame")
    inner = [(-0.16, 0.5), (0.16, 0.5), (0.22, 0.85), (0, 1.2), (-0.22, 0.85)]
    pen.fill(smooth(inner, rounds=2), falling((1, 1, 0.85), (1, 0.85, 0.3), start=0.5, end=1.1), part="flame")


def draw_robot(pen: Pen, rng: np.random.Generator) -> str:
    """A robot: a head with two lamps for eyes, a chest with dials."""
    name, metal = choose(rng, "teal", "sky blue")
    arm = ribbon([(0.6, 0.15), (0.88, 0.3), (0.92, 0.75)], 0.17)
    leg = rounded_box(0.16, 0.85, 0.44, 1.15, radius=0.05)
    pen.fill([arm, mirrored(arm), leg, mirrored(leg)], shaded(IRON))
    _draw_chest(pen, metal)
    _draw_robot_head(pen, metal)
    return f"a {name} robot with round eyes in its head and dials on its chest"


def _draw_chest(pen: Pen, metal: Colour) -> None:
    pen.fill(rounded_box(-0.68, 0.0, 0.68, 0.94, radius=0.1), shaded(IRON, 0.3), part="chest")
    lamps = dotted(darker(metal, 0.65), (0.98, 0.45, 0.35), spacing=0.24, radius=0.075)
    pen.fill(rounded_box(-0.6, 0.1, 0.6, 0.84, radius=0.06), lamps, part="chest")


def _draw_robot_head(pen: Pen, metal: Colour) -> None:
    grille = lit(striped(lighter(metal, 0.45), darker(metal, 0.2), period=0.24, turn=np.pi / 2), 0.3)
    pen.fill(box(-0.04, -1.12, 0.04, -0.8), plain(darker(metal, 0.5)), part="head")
    pen.fill(ellipse(0, -1.14, 0.1), shaded((0.95, 0.35, 0.3)), part="head")
    pen.fill(rounded_box(-0.74, -0.9, 0.74, -0.04, radius=0.16), grille, part="head")
    lamp = falling((1, 1, 0.85), (1, 0.85, 0.35), start=-0.7, end=-0.35)
    for radius, fill in ((0.23, plain(darker(metal, 0.65))), (0.17, lamp), (0.07, plain(INK))):
        pen.fill([ellipse(x, -0.52, radius, n=24) for x in (-0.3, 0.3)], fill, part="head")
    teeth = striped(WHITE, darker(metal, 0.6), period=0.13)
    pen.fill(box(-0.4, -0.25, 0.4, -0.14), teeth, part="head")


def draw_fish(pen: Pen, rng: np.random.Generator) -> str:
    """A fish: a body with scales, fins and a tail with rays."""
    name, paint = choose(rng, "coral", "orange")
    rays = lit(striped(colour("blue", rng), lighter(colour("blue", rng), 0.6), period=0.22, turn=np.pi / 2))
    tail = smooth([(0.3, 0), (0.8, -0.8), (1.25, -0.8), (1.08, 0), (1.25, 0.8), (0.8, 0.8)], rounds=2)
    pen.fill(tail, rays, part="fins")
    fins = [smooth([(-0.45, s * 0.3), (0.0, s * 0.98), (0.4, s * 0.85), (0.3, s * 0.3)], rounds=2) for s in (-1, 1)]
    pen.fill(fins, rays, part="fins")
    scales = lit(scaled(paint, lighter(paint, 0.6), spacing=0.24), 0.5)
    pen.fill(smooth([(-1.1, 0), (-0.7, -0.58), (0.1, -0.6), (0.56, 0), (0.1, 0.6), (-0.7, 0.58)]), scales, part="body")
    face = smooth([(-1.1, 0), (-0.7, -0.58), (-0.55, -0.25), (-0.52, 0.25), (-0.7, 0.58)])
    pen.fill(face, shaded(lighter(paint, 0.2), 0.4), part="body")
    pen.fill(ellipse(-0.72, -0.13, 0.13), plain(WHITE), part="body")
    pen.fill(ellipse(-0.75, -0.12, 0.065), plain(INK), part="body")
    return f"a {name} fish with scales on its body and blue fins"
