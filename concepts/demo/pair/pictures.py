"""What the pair learns from: pictures with their captions, and studies, in which parts were left unpainted.

In a whole picture some parts always come together: no boat without a sail, no robot without a head. No caption then
tells which of the two is the hull. A study is the same picture with one part painted at most, under a caption without
the words that tell of the others. Masks are never looked at.
"""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from concepts.demo.classes import CLASS_NAMES, CLASSES
from concepts.demo.painting import PER_CLASS, draw
from concepts.demo.pair.words import KNOWN, spell
from concepts.demo.training import Progress

TELLS: dict[str, str] = {  # part → the words that tell of it and would be false without it
    "cake": "birthday cake pink icing three candles",
    "balloons": "birthday balloons three violet striped",
    "present": "birthday present teal paper golden bow",
    "sail": "boat sailing striped sail",
    "hull": "boat brown hull",
    "stamp": "stamp corner",
    "cap": "toadstool gnome spotted cap",
    "stalk": "toadstool lime stalk",
    "coat": "gnome blue coat golden buttons",
    "flower head": "sunflower golden flower_head",
    "wings": "butterfly wings sky_blue orange",
    "fuselage": "rocket silver fuselage teal green nose",
    "flame": "flame",
    "head": "robot teal sky_blue round eyes head",
    "chest": "robot teal sky_blue dials chest",
    "fruit": "pineapple orange fruit",
    "leaves": "pineapple tuft green leaves",
    "body": "fish coral orange scales body",
    "fins": "fish blue fins",
}


@dataclass(frozen=True)
class Captioned:
    """images: (n, 96, 96, 3) uint8. texts: n captions, or what is left of them. studies: (n,) bool."""

    images: np.ndarray
    texts: tuple[str, ...]
    studies: np.ndarray


def draw_captioned(class_name: str, n: int, *, studies: int, seed: int, start: int = 0) -> Captioned:
    """Pictures start … start + n − 1 of a class with their captions, each followed by that many studies of it.

    A study shows one part, or none: whichever, each as likely, by the seed.
    """
    rng = np.random.default_rng((seed, CLASS_NAMES.index(class_name), start, n, studies))
    parts, images, texts = CLASSES[class_name].parts, [], []
    for index in range(start, start + n):
        picture = draw(class_name, index, seed)
        images.append(picture.image)
        texts.append(picture.caption)
        for choice in rng.integers(-1, len(picture.parts), studies):
            shown = picture.parts[choice : choice + 1] if choice >= 0 else ()
            images.append(draw(class_name, index, seed, left_out=set(parts) - set(shown)).image)
            texts.append(text_without(picture.caption, shown, left_out=set(picture.parts) - set(shown)))
    return Captioned(np.stack(images), tuple(texts), np.arange(len(texts)) % (studies + 1) > 0)


def text_without(caption: str, shown: Collection[str], *, left_out: Collection[str]) -> str:
    """The words of the caption that say something, less those that tell of the parts left out and of none shown."""
    kept, gone = ({word for part in parts for word in _told(part)} for parts in (shown, left_out))
    words = [KNOWN[each.row] for each in spell(caption) if each.says]
    return " ".join(word for word in words if word in kept or word not in gone)


def training_pictures(seed: int, studies: int, *, progress: Progress, n: int = PER_CLASS) -> Captioned:
    """The pictures that the demo's networks learn from, n a class, with studies of them."""
    drawn = []
    for number, name in enumerate(CLASS_NAMES, start=1):
        drawn.append(draw_captioned(name, n, studies=studies, seed=seed))
        progress("drawing", number / len(CLASS_NAMES))
    return Captioned(
        np.concatenate([each.images for each in drawn]),
        tuple(text for each in drawn for text in each.texts),
        np.concatenate([each.studies for each in drawn]),
    )


def _told(part: str) -> list[str]:
    return [word.replace("_", " ") for word in TELLS[part].split()]
