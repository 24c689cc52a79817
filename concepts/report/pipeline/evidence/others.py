"""Photos of other classes, on which a counter-proof is made: drawn by the seed, and prepared for the model."""

from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor

from concepts.data.dataset import UnreadableItem
from concepts.data.read_ahead import read_many
from concepts.report.pipeline.assemble import Findings
from concepts.report.verdict import MOST_OTHERS

FEWEST_OTHERS = 8  # fewer cannot show anything


def drawn_others(findings: Findings, most: int = MOST_OTHERS) -> np.ndarray:
    """Indices of at most `most` photos of other classes among all known ones, in order; empty where there are too few.

    Fewer are the first of those that are drawn when more are asked for.
    """
    known, own = findings.selection.known, findings.target.indices
    found = [
        i
        for i, (label, other) in enumerate(zip(known.labels, known.is_other, strict=True))
        if (other and label is None) or (label is not None and label not in own)
    ]
    if len(found) < FEWEST_OTHERS or findings.split.outputs.kind == "regression":
        return np.zeros(0, dtype=np.int64)
    drawn = np.random.default_rng([findings.settings.seed, MOST_OTHERS]).permutation(found)[:most]
    return np.sort(drawn)


def prepared_others(findings: Findings, chosen: np.ndarray) -> Iterator[tuple[Tensor, list[int]]]:
    """The photos as batches (b, channels, H, W), b ≥ 2, with their places in `chosen`; unreadable ones are left out."""
    batches = np.array_split(np.arange(len(chosen)), max(1, len(chosen) // max(2, findings.settings.batch_size)))
    photos, prepare = findings.selection.known.photos, findings.split.card.prepare
    for places in batches:
        read = [image for _, image in read_many(photos, chosen[places].tolist(), transform=prepare)]
        kept = [i for i, image in enumerate(read) if not isinstance(image, UnreadableItem)]
        if len(kept) > 1:
            images = [image for image in read if not isinstance(image, UnreadableItem)]
            yield torch.stack(images), [int(places[i]) for i in kept]


def prepared_photo(findings: Findings, row: int) -> Tensor | None:
    """The report's photo of this row as the model takes it, (channels, H, W); None where it cannot be read now."""
    try:
        return findings.split.card.prepare(findings.selection.photos.open(findings.activations.indices[row]))
    except UnreadableItem:
        return None
