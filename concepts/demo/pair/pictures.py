"""Training pictures of the pair: pictures with captions, and studies, in which parts are left unpainted.

In whole pictures some parts always occur together: no boat without a sail, no robot without a head. No caption then
shows which of the two is the hull. A study is the same picture with at most one part painted, under a caption without
the words for the other parts. Masks are never used.
"""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from concepts.demo.classes import CLASS_NAMES, CLASSES
from concepts.demo.painting import PER_CLASS, draw
from concepts.demo.pair.words import KNOWN, spell
from concepts.demo.training import Progress

TELLS: dict[str, str] = {  # part → the words that describe it and would be false without it
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
    """images: (n, 96, 96, 3) uint8. texts: n captions, or their remaining words. studies: (n,) bool."""

    images: np.ndarray
    texts: tuple[str, ...]
    studies: np.ndarray


def draw_captioned(class_name: str, n: int, *, studies: int, seed: int, start: int = 0) -> Captioned:
    """Pictures start … start + n − 1 of a class with their captions, each followed by `studies` studies of it.

    A study shows one part or none, chosen by the seed with equal probability.
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
    """The vocabulary words of the caption, without those that describe parts left out and no part shown."""
    kept, gone = ({word for part in parts for word in _told(part)} for parts in (shown, left_out))
    words = [KNOWN[each.row] for each in spell(caption) if each.says]
    return " ".join(word for word in words if word in kept or word not in gone)


def training_pictures(seed: int, studies: int, *, progress: Progress, n: int = PER_CLASS) -> Captioned:
    """The training pictures of the demo's networks, n per class, with studies of them."""
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
