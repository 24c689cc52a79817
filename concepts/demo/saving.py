"""The picture world as files: class folders of PNGs, with the truth beside them."""

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import numpy as np
from PIL import Image

from concepts.demo.classes import CLASS_NAMES
from concepts.demo.painting import PER_CLASS, Painting, draw
from concepts.storage.store import new_folder
from concepts.storage.typed_json import json_names, write_typed


@dataclass(frozen=True)
class PhotoTruth:
    """The truth about a photo. masks: part → file, relative to the world's folder."""

    __pydantic_config__: ClassVar = json_names(class_name="class")

    class_name: str
    parts: tuple[str, ...]
    strategy: str
    caption: str
    masks: dict[str, str]


@dataclass(frozen=True)
class World:
    """Content of world.json. photos: file, relative to the folder → the truth about it."""

    seed: int
    photos: dict[str, PhotoTruth]


def save_world(folder: Path, n: int = PER_CLASS, seed: int = 0) -> None:
    """Writes pictures 0 … n − 1 of every class: `photos/CLASS/0000.png`, `masks/CLASS/0000-PART.png`, `world.json`.

    world.json: a `World`. An existing world is replaced, atomically.
    """
    with new_folder(Path(folder)) as unfinished:
        photos = {
            f"photos/{name}/{index:04d}.png": _save(draw(name, index, seed), unfinished, index)
            for name in CLASS_NAMES
            for index in range(n)
        }
        write_typed(unfinished / "world.json", World(seed, photos))


def _save(picture: Painting, folder: Path, index: int) -> PhotoTruth:
    _write(folder / f"photos/{picture.class_name}/{index:04d}.png", picture.image)
    masks = {part: f"masks/{picture.class_name}/{index:04d}-{part.replace(' ', '-')}.png" for part in picture.parts}
    for part, path in masks.items():
        _write(folder / path, picture.masks[part].astype(np.uint8) * 255)
    return PhotoTruth(picture.class_name, picture.parts, picture.strategy, picture.caption, masks)


def _write(path: Path, pixels: np.ndarray) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(path, compress_level=3)
