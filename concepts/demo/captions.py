"""The true parts and captions of the demo's own pictures, obtained by drawing the pictures again."""

from dataclasses import dataclass
from pathlib import PurePosixPath

import numpy as np

from concepts.demo.names import SHAPES
from concepts.demo.pictures import HELD_OUT_FROM
from concepts.demo.world import CLASS_NAMES, CLASSES, SIDE, draw
from concepts.lexicon.token_statistics.reference_text import Text, of_lines
from concepts.report.stored import StoredReport

CAPTIONS = 15  # pictures per class whose captions are read


@dataclass(frozen=True)
class Truth:
    """masks: part → (n, H, W) bool; captions: the words of each photo's caption."""

    masks: dict[str, np.ndarray]
    captions: Text


def demo_truth(report: StoredReport) -> Truth | None:
    """The truth of each photo of a report on the demo's picture world; None for any other report."""
    target, rows = report.data.target.label, report.data.items
    ours = report.data.model.name == SHAPES and report.data.dataset.source == SHAPES.split("/")[1]
    if not ours or target not in CLASSES or any(PurePosixPath(row.name).parent.name != target for row in rows):
        return None
    pictures = [draw(target, HELD_OUT_FROM + int(PurePosixPath(row.name).stem)) for row in rows]
    nothing = np.zeros((SIDE, SIDE), bool)
    masks = {part: np.stack([p.masks.get(part, nothing) for p in pictures]) for part in CLASSES[target].parts}
    captions = of_lines([picture.caption for picture in pictures], name="captions of these pictures")
    return Truth({part: mask for part, mask in masks.items() if mask.any()}, captions)


def demo_captions(*, per_class: int = CAPTIONS) -> Text:
    """The captions of the demo's own pictures, `per_class` per class; the pictures are drawn for this and not kept."""
    lines = [draw(name, index).caption for name in CLASS_NAMES for index in range(per_class)]
    return of_lines(lines, name="captions of the demo's pictures")
