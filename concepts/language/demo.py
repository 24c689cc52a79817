"""What is known of the demo's own pictures: where their parts are, and what their captions say."""

from dataclasses import dataclass
from pathlib import PurePosixPath

import numpy as np

from concepts.language.corpus import Corpus
from concepts.language.text import Text, of_lines
from concepts.report.class_report import ClassReport

SELDOM = 0.05  # of the photos: words in fewer than these, or in all but these, go with nothing that can be told


@dataclass(frozen=True)
class Truth:
    """masks: part → (n, H, W) bool; captions: the words of each photo's caption."""

    masks: dict[str, np.ndarray]
    captions: Text


def demo_truth(report: ClassReport) -> Truth | None:
    """The truth of each photo of a report on the demo's picture world; None for any other report.

    The pictures are drawn again, which is how they were made.
    """
    from concepts.demo.pictures import HELD_OUT_FROM, SHAPES
    from concepts.demo.world import CLASSES, SIDE, draw

    target, rows = report.data.target.label, report.data.images
    ours = report.data.model.name == SHAPES and report.data.dataset.source == SHAPES.split("/")[1]
    if not ours or target not in CLASSES or any(PurePosixPath(row.name).parent.name != target for row in rows):
        return None
    pictures = [draw(target, HELD_OUT_FROM + int(PurePosixPath(row.name).stem)) for row in rows]
    nothing = np.zeros((SIDE, SIDE), bool)
    masks = {part: np.stack([p.masks.get(part, nothing) for p in pictures]) for part in CLASSES[target].parts}
    captions = of_lines([picture.caption for picture in pictures], name="captions of these pictures")
    return Truth({part: mask for part, mask in masks.items() if mask.any()}, captions)


def telling_words(text: Text) -> tuple[tuple[str, ...], np.ndarray]:
    """The words that some documents have and some have not, and (n, L) of 0 and 1: which document has which."""
    there = (Corpus.of(text.tokens, len(text.vocabulary)).counts.toarray() > 0).astype(float)
    share = there.mean(axis=0)
    kept = np.flatnonzero((share >= SELDOM) & (share <= 1 - SELDOM))
    return tuple(text.vocabulary[word] for word in kept), there[:, kept]
