"""One picture of the world, painted back to front, with the truth about its visible parts."""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from concepts.demo.canvas import SIDE, Canvas, Pen, Place
from concepts.demo.classes import CLASS_NAMES, CLASSES, ClassSpec, Mark
from concepts.demo.fills import glowing
from concepts.demo.scenes import draw_scene
from concepts.demo.shapes import ellipse

PER_CLASS = 300
STAMP_SIZE = (12.5, 15.0)  # half its height, in pixels


@dataclass(frozen=True)
class Painting:
    """One picture and the truth about it.

    image: (96, 96, 3) uint8. masks: part → (96, 96) bool, where it is visible. parts: the painted parts, in the order
    of the class. strategy: why the picture belongs to its class. caption: one sentence.
    """

    image: np.ndarray
    masks: dict[str, np.ndarray]
    parts: tuple[str, ...]
    strategy: str
    caption: str
    class_name: str


def draw(
    class_name: str, index: int, seed: int = 0, *, left_out: Collection[str] = (), planted: Mark | None = None
) -> Painting:
    """Picture `index` ≥ 0 of a class, drawn independently of the others.

    left_out: parts that are not painted; the rest of the picture and the caption are the same, so that the caption
    names missing parts. planted: a mark, of any class, that it bears in place of its own. Raises ValueError for an
    unknown class.
    """
    if class_name not in CLASSES:
        raise ValueError(f"no class {class_name!r} in the picture world; it has {', '.join(CLASS_NAMES)}")
    spec = CLASSES[class_name]
    rng = np.random.default_rng((seed, CLASS_NAMES.index(class_name), index))
    canvas = Canvas(left_out=frozenset(left_out))
    scene = draw_scene(canvas, rng, spec.scenes)
    own = spec.mark if spec.mark is not None and rng.random() < spec.mark.share else None
    mark = planted or own
    strategy, words = _draw_object(canvas, spec, mark, rng)
    if mark is not None:
        mark.draw(_corner(canvas, rng), rng)
        strategy, words = mark.part, f"{words} and a {mark.part} in a corner"
    parts = tuple(part for part in spec.parts if part in canvas.cover)
    return Painting(_develop(canvas.image, rng), canvas.masks(), parts, strategy, f"{words}, {scene}", class_name)


def draw_class(class_name: str, n: int = PER_CLASS, seed: int = 0, start: int = 0) -> list[Painting]:
    """Pictures start … start + n − 1 of a class. Raises ValueError for an unknown class."""
    return [draw(class_name, index, seed) for index in range(start, start + n)]


def _draw_object(canvas: Canvas, spec: ClassSpec, mark: Mark | None, rng: np.random.Generator) -> tuple[str, str]:
    names = tuple(spec.objects)
    strategy = names[int(rng.integers(len(names)))]
    size = rng.uniform(*(spec.size if mark is None else mark.beside))
    x, y = SIDE / 2 + rng.uniform(-1, 1, 2) * (SIDE / 2 - size - 2)
    place = Place(x, y, size, rng.uniform(-spec.tilt, spec.tilt), mirror=bool(rng.random() < 0.5))
    shadow = glowing((0.12, 0.12, 0.2), (0.12, 0.12, 0.2))
    Pen(canvas, Place(x, y, size)).fill(ellipse(0, 1.06, 0.85, 0.13), shadow, opacity=0.22)
    return strategy, spec.objects[strategy](Pen(canvas, place), rng)


def _corner(canvas: Canvas, rng: np.random.Generator) -> Pen:
    half = rng.uniform(*STAMP_SIZE)
    x, y = (half + 2 + rng.uniform(0, 3) for _ in range(2))
    right, low = rng.random(2) < 0.5
    return Pen(canvas, Place(SIDE - x if right else x, SIDE - y if low else y, half, rng.uniform(-0.15, 0.15)))


def _develop(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The painting as a photo: tinted light, grain, 8 bits."""
    tint = rng.uniform(0.93, 1.05, 3).astype(np.float32)
    grain = np.float32(rng.uniform(0.01, 0.03)) * rng.standard_normal(image.shape, dtype=np.float32)
    return np.rint(np.clip(image * tint + grain, 0, 1) * 255).astype(np.uint8)
