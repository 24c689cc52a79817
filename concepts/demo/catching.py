"""Building of the first screen's pictures: things that are no boat with the boats' stamp, and the network's answers."""

from dataclasses import replace
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image

from concepts.demo.catch import FILE, FOLDER, Answer, Catch, StampedPicture, picture_file
from concepts.demo.pictures import HELD_OUT_FROM
from concepts.demo.repainting import answers_to
from concepts.demo.world import CLASS_NAMES, CLASSES, Mark, Painting, draw
from concepts.storage.store import new_folder
from concepts.storage.typed_json import write_typed

TARGET, N_PICTURES, N_SHOWN = "boat", 120, 6
ENLARGED, QUALITY = 2, 90  # of the files


def build_catch(folder: Path, *, seed: int = 0) -> Catch:
    """Draws the pictures, asks the shipped network, and writes `folder`/catch; atomic. seed: draws what is shown.

    Raises ValueError where it turns pictures of fewer than six classes: the network has not learned it.
    """
    mark = _mark()
    pictures = stamped_pictures(places())
    found = Catch(TARGET, mark.part, mark.share, seed, pictures, ())
    found = replace(found, shown=_drawn(found, seed))
    with new_folder(folder / FOLDER) as part:
        write_typed(part / FILE, found)
        for row in found.shown:
            for stamped in (True, False):
                shown = _painted(pictures[row].class_name, pictures[row].index, stamped=stamped)
                (part / picture_file(row, stamped=stamped)).write_bytes(_webp(shown))
    return found


def places() -> list[tuple[str, int]]:
    """Class and index of 120 held-out pictures, one of each class but the target after the other."""
    others = [name for name in CLASS_NAMES if name != TARGET]
    return [(others[i % len(others)], HELD_OUT_FROM + i // len(others)) for i in range(N_PICTURES)]


def stamped_pictures(places: list[tuple[str, int]]) -> tuple[StampedPicture, ...]:
    """The network's answers to the pictures at these places: with the stamp, without it, and large with it."""
    stamped, clean, large = (
        _answers([_painted(*place, stamped=stamp, large=wide) for place in places])
        for stamp, wide in ((True, False), (False, False), (True, True))
    )
    return tuple(StampedPicture(*row) for row in zip(*zip(*places, strict=True), stamped, clean, large, strict=True))


def _painted(class_name: str, index: int, *, stamped: bool, large: bool = False) -> Painting:
    mark = replace(_mark(), beside=CLASSES[class_name].size) if large else _mark()
    return draw(class_name, index, planted=mark, left_out=() if stamped else (mark.part,))


def _mark() -> Mark:
    mark = CLASSES[TARGET].mark
    if mark is None:
        raise ValueError(f"nothing is planted in the class {TARGET!r}")
    return mark


def _answers(pictures: list[Painting]) -> list[Answer]:
    target = CLASS_NAMES.index(TARGET)
    return [
        Answer(CLASS_NAMES[row.argmax()], round(float(row.max()), 4), round(float(row[target]), 4))
        for row in answers_to(pictures)
    ]


def _drawn(found: Catch, seed: int) -> tuple[int, ...]:
    """Rows that turned, drawn by the seed, at most one of a class."""
    of_class: dict[str, int] = {}
    for row in np.random.default_rng(seed).permutation(found.turned).tolist():
        of_class.setdefault(found.pictures[row].class_name, row)
    if len(of_class) < N_SHOWN:
        raise ValueError(f"the stamp turns pictures of {len(of_class)} classes into {TARGET!r}: {N_SHOWN} are shown")
    return tuple(of_class.values())[:N_SHOWN]


def _webp(picture: Painting) -> bytes:
    image, content = Image.fromarray(picture.image), BytesIO()
    size = (ENLARGED * image.width, ENLARGED * image.height)
    image.resize(size, Image.Resampling.LANCZOS).save(content, "WEBP", quality=QUALITY)
    return content.getvalue()
