"""The picture world: small paintings of ten things, each with the truth about its visible parts.

Drawn by seeded code: picture `index` of a class does not depend on what else is drawn. Indices 0 to 299 are for
training, those from 300 are held out.
"""

from concepts.demo.canvas import SIDE
from concepts.demo.classes import CLASS_NAMES, CLASSES, ClassSpec, Mark
from concepts.demo.painting import PER_CLASS, Painting, draw, draw_class
from concepts.demo.saving import save_world

__all__ = [
    "CLASSES",
    "CLASS_NAMES",
    "PER_CLASS",
    "SIDE",
    "ClassSpec",
    "Mark",
    "Painting",
    "draw",
    "draw_class",
    "save_world",
]
