"""The classes of the picture world: how each is drawn, its parts, its true strategies and what it demonstrates."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from concepts.demo.canvas import Pen
from concepts.demo.garden import draw_butterfly, draw_gnome, draw_pineapple, draw_sunflower, draw_toadstool
from concepts.demo.party import draw_balloons, draw_cake, draw_present
from concepts.demo.toys import draw_boat, draw_fish, draw_robot, draw_rocket, draw_stamp

Draw = Callable[[Pen, np.random.Generator], str]  # paints an object and returns a description


@dataclass(frozen=True)
class Mark:
    """A planted shortcut in a corner of a share of a class's pictures, beside an object of another size."""

    part: str
    draw: Callable[[Pen, np.random.Generator], None]
    share: float
    beside: tuple[float, float]  # range of the object's half extent in pixels


@dataclass(frozen=True)
class ClassSpec:
    """One class: a picture shows one of `objects` in one of `scenes` (all if empty), each with equal probability.

    A class that demonstrates its number of strategies stays in one scene: pale and dark backgrounds change a network's
    evidence, a real difference, but not the one to demonstrate.
    objects: true strategy → how it is drawn. size: range of the half extent in pixels. parts: all that can be visible.
    """

    objects: dict[str, Draw]
    parts: tuple[str, ...]
    teaches: str
    size: tuple[float, float] = (28.0, 36.0)
    tilt: float = 0.16  # radians, in either direction
    mark: Mark | None = None
    scenes: tuple[str, ...] = ()


CLASSES: dict[str, ClassSpec] = {
    "birthday": ClassSpec(
        {"cake": draw_cake, "balloons": draw_balloons, "present": draw_present},
        ("cake", "balloons", "present"),
        "three strategies: any one of three parts is enough, and one is all a picture has",
        size=(26.0, 33.0),
        scenes=("in a room",),
    ),
    "boat": ClassSpec(
        {"boat": draw_boat},
        ("sail", "hull", "stamp"),
        "a planted shortcut: a stamp on the 60% of pictures that show the boat far off, and on no other class's",
        mark=Mark("stamp", draw_stamp, share=0.6, beside=(17.0, 22.0)),
    ),
    "toadstool": ClassSpec({"toadstool": draw_toadstool}, ("cap", "stalk"), "shares the spotted cap with the gnome"),
    "gnome": ClassSpec({"gnome": draw_gnome}, ("cap", "coat"), "shares the spotted cap with the toadstool"),
    "sunflower": ClassSpec(
        {"flower head": draw_sunflower},
        ("flower head",),
        "a single strategy: one part, always there, always alike",
        size=(28.0, 32.0),
        scenes=("in a meadow",),
    ),
    "butterfly": ClassSpec({"wings": draw_butterfly}, ("wings",), "one part in two colours", tilt=0.5),
    "rocket": ClassSpec({"rocket": draw_rocket}, ("fuselage", "flame"), "two parts of different kind", tilt=0.5),
    "robot": ClassSpec({"robot": draw_robot}, ("head", "chest"), "two parts told apart by texture more than by colour"),
    "pineapple": ClassSpec(
        {"pineapple": draw_pineapple}, ("fruit", "leaves"), "a part with a pattern above one with another"
    ),
    "fish": ClassSpec({"fish": draw_fish}, ("body", "fins"), "one part always alike, one in two colours", tilt=0.3),
}
CLASS_NAMES: tuple[str, ...] = tuple(CLASSES)
