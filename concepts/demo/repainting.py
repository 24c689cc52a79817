"""Predictions of the demo's network on pictures painted without a part, and on activations without a concept."""

import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from concepts.demo.names import SHAPES
from concepts.demo.truth import pictures_of
from concepts.demo.world import Painting
from concepts.report.class_report import ClassReport


def answers_to(pictures: Sequence[Painting]) -> np.ndarray:
    """(n, c) probabilities of the demo's network for pictures, painted in any way."""
    import torch
    from PIL import Image

    from concepts.models import card_of, load_model

    model = load_model(SHAPES)
    prepare = card_of(model).prepare
    batch = torch.stack([prepare(Image.fromarray(picture.image)) for picture in pictures])
    with torch.inference_mode():
        return model(batch).softmax(dim=-1).numpy()


def without_concept(report: ClassReport, concept: int, images: Sequence[int]) -> tuple[np.ndarray, np.ndarray]:
    """Probabilities (n, c) for photos of a demo report unchanged, and with one concept at dose 0.

    The pictures are drawn again, so that nothing has to be stored. Raises ValueError for a report of another network.
    """
    from concepts.data.images import open_photos
    from concepts.engine.analysis import load_split
    from concepts.interventions import dosed_probabilities, open_subject
    from concepts.report.request import Request

    doses = np.ones((2, len(report.data.concepts)), dtype=np.float32)
    doses[1, concept] = 0
    split = load_split(Request(model=SHAPES, images=SHAPES), report.data.layer.path)
    with tempfile.TemporaryDirectory() as folder:
        _write([report.data.items[i].name for i in images], Path(folder))
        subject = open_subject(report, split, images, store=None, photos=lambda: open_photos(folder))
    found = dosed_probabilities(split.head, subject, doses)
    return found[:, 0], found[:, 1]


def _write(names: Sequence[str], folder: Path) -> None:
    from PIL import Image

    for name, picture in zip(names, pictures_of(names), strict=True):
        (folder / name).parent.mkdir(exist_ok=True)
        Image.fromarray(picture.image).save(folder / name)
