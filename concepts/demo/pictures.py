"""The demo's pictures as photos in class folders, so that they are processed like a user's own photos."""

from collections.abc import Collection, Sequence
from pathlib import Path, PurePosixPath

import numpy as np
from PIL import Image

from concepts.demo.names import DEMO_SOURCES, SHAPES
from concepts.storage.store import new_folder

PER_CLASS = 150
HELD_OUT_FROM = 300  # pictures of the world before this index are for training


def demo_pictures(source: str, folder: Path, *, n: int = PER_CLASS, classes: Collection[str] | None = None) -> Path:
    """The folder with the pictures of a source as class folders of PNG, drawn now if they do not exist.

    "demo/shapes": n pictures per class that the network was not trained on. "demo/digits": all 1,797 handwritten
    digits, of which the network was trained on four fifths. classes: if given, only these are drawn.
    Raises ValueError for an unknown source.
    """
    if source not in DEMO_SOURCES:
        raise ValueError(f"no demo pictures are called {source!r}: choose one of {', '.join(DEMO_SOURCES)}")
    place, kind = folder / f"{source.replace('/', '-')}-pictures-{n}", source.split("/")[1]
    final = place / kind
    if classes is not None and not final.is_dir():
        final = place / "some" / "-".join(sorted(classes)) / kind
    if not final.is_dir():
        with new_folder(final) as part:
            for name, image in _shapes(n, classes) if source == SHAPES else _digits(classes):
                (part / name).parent.mkdir(exist_ok=True)
                Image.fromarray(image).save(part / name)
    return final


def demo_masks(names: Sequence[str], classes: Collection[str]) -> dict[str, np.ndarray]:
    """part → (n, 96, 96) bool for pictures of "demo/shapes" by name; all False for pictures of other classes.

    The pictures are drawn again: a part is where it was painted and not covered.
    """
    from concepts.demo.world import CLASSES, SIDE, draw

    parts = dict.fromkeys(part for name in classes if name in CLASSES for part in CLASSES[name].parts)
    masks = {part: np.zeros((len(names), SIDE, SIDE), bool) for part in parts}
    for row, name in enumerate(names):
        folder, file = PurePosixPath(name).parts[-2:]
        if folder in classes:
            for part, mask in draw(folder, HELD_OUT_FROM + int(PurePosixPath(file).stem)).masks.items():
                masks[part][row] = mask
    return masks


def _shapes(n: int, classes: Collection[str] | None) -> list[tuple[str, np.ndarray]]:
    from concepts.demo.world import CLASS_NAMES, draw

    places = [(name, i) for name in CLASS_NAMES if classes is None or name in classes for i in range(n)]
    return [(f"{name}/{i:04d}.png", draw(name, HELD_OUT_FROM + i).image) for name, i in places]


def _digits(classes: Collection[str] | None) -> list[tuple[str, np.ndarray]]:
    from concepts.demo.digits import load_digits

    found = []
    for held_out in (False, True):
        digits = load_digits(held_out=held_out)
        kind = "held-out" if held_out else "training"
        labelled = enumerate(zip(digits.labels.tolist(), digits.images, strict=True))
        found += [
            (f"{label}/{kind}-{i:04d}.png", image)
            for i, (label, image) in labelled
            if classes is None or str(label) in classes
        ]
    return found
