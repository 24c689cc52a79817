"""The truth about the pictures of the demo's reports, obtained by drawing them again."""

from collections.abc import Collection, Sequence
from pathlib import PurePosixPath

import numpy as np

from concepts.demo.pictures import HELD_OUT_FROM, demo_masks
from concepts.demo.world import CLASSES, Painting, draw
from concepts.numerics.samples import even_sample

MOST = 48  # pictures on which concepts and parts are compared, to keep the tour fast


def pictures_of(names: Sequence[str], *, left_out: Collection[str] = ()) -> list[Painting]:
    """The pictures of "demo/shapes" with these names, e.g. "boat/0007.png", painted without the parts left out.

    Raises ValueError for a name outside the demo.
    """
    return [draw(*_place(name), left_out=left_out) for name in names]


def _place(name: str) -> tuple[str, int]:
    parts = PurePosixPath(name).parts
    stem = PurePosixPath(name).stem
    if len(parts) < 2 or parts[-2] not in CLASSES or not stem.isdecimal():
        raise ValueError(f"{name!r} is no picture of the demo: its names are like boat/0007.png")
    return parts[-2], HELD_OUT_FROM + int(stem)


def overlaps(maps: np.ndarray, names: Sequence[str], class_name: str) -> dict[str, np.ndarray]:
    """Part → (k,) mean IoU of every concept with it over the pictures that show it, each at its own best threshold.

    maps: (n, h, w, k) concept maps of these pictures. IoU as in `part_coherence`, on an even sample of at most 48.
    """
    import torch

    from concepts.metrics.parts import part_ious

    some = even_sample(len(names), MOST)
    masks = demo_masks([names[i] for i in some], {class_name})
    shown = {part: mask.any(axis=(1, 2)) for part, mask in masks.items() if mask.any()}
    truth = torch.stack([torch.from_numpy(masks[part]) for part in shown], dim=1)
    ious = part_ious(torch.from_numpy(np.asarray(maps[some], dtype=np.float32)), truth)  # (n, k, thresholds, parts)
    return {part: ious[seen, :, :, i].mean(axis=0).max(axis=1) for i, (part, seen) in enumerate(shown.items())}


def best_concept(overlap: np.ndarray) -> int:
    """The concept that covers a part best, from its overlaps (k,)."""
    return int(overlap.argmax())


def shared_parts(first: str, second: str) -> tuple[str, ...]:
    """The parts shared by two classes."""
    return tuple(part for part in CLASSES[first].parts if part in CLASSES[second].parts)
