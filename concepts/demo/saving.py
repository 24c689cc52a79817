"""The picture world as files: class folders of PNGs, and beside them the truth."""

from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from concepts.demo.classes import CLASS_NAMES
from concepts.demo.picture import PER_CLASS, Picture, draw
from concepts.store import new_folder, write_json


def save_world(folder: Path, n: int = PER_CLASS, seed: int = 0) -> None:
    """Writes pictures 0 … n − 1 of every class: `photos/CLASS/0000.png`, `masks/CLASS/0000-PART.png`, `world.json`.

    world.json: photo → class, parts, strategy, caption and masks (part → file), all paths relative to the folder.
    What stood there before is replaced; a half-written world is never seen.
    """
    with new_folder(Path(folder)) as unfinished:
        entries: dict[str, Any] = {}
        for name in CLASS_NAMES:
            for index in range(n):
                entries |= _save(draw(name, index, seed), unfinished, index)
        write_json(unfinished / "world.json", {"seed": seed, "photos": entries})


def _save(picture: Picture, folder: Path, index: int) -> dict[str, Any]:
    photo = f"photos/{picture.class_name}/{index:04d}.png"
    _write(folder / photo, picture.image)
    masks = {part: f"masks/{picture.class_name}/{index:04d}-{part.replace(' ', '-')}.png" for part in picture.parts}
    for part, path in masks.items():
        _write(folder / path, picture.masks[part].astype(np.uint8) * 255)
    truth = {"strategy": picture.strategy, "caption": picture.caption, "masks": masks}
    return {photo: {"class": picture.class_name, "parts": picture.parts, **truth}}


def _write(path: Path, pixels: np.ndarray) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(path, compress_level=3)
