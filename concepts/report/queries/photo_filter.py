"""Finding photos of a report: by concepts, answers, strategy, or a place on the graph."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from concepts.report.rendering.sentences import is_wrong
from concepts.report.stored import StoredReport

PRESENT = 0.3  # of what a concept reaches in its strongest photos
STRONGEST = 0.98  # quantile that stands for these


@dataclass(frozen=True)
class PhotoFilter:
    """Which photos: all conditions hold; None and () do not ask.

    strategy: −1 means the outliers. wrong: True or False. predicted: what the model answered. has, lacks: concepts.
    area: corners (x, y) of a region of the graph.
    """

    strategy: int | None = None
    wrong: bool | None = None
    predicted: str | None = None
    has: tuple[int, ...] = ()
    lacks: tuple[int, ...] = ()
    area: tuple[tuple[float, float], ...] = ()

    @property
    def anything(self) -> bool:
        """Does it ask for anything at all?"""
        return self != PhotoFilter()


def find_photos(report: StoredReport, wanted: PhotoFilter, amounts: np.ndarray) -> list[int]:
    """The images that fit, in their order; where concepts are asked for, those with the most of them first.

    amounts: (n, k), as `amounts_of` gives them. Concepts that the report does not have fit nowhere.
    """
    n, k = amounts.shape
    kept = np.ones(n, dtype=bool)
    for i, row in enumerate(report.data.images):
        kept[i] = (
            wanted.strategy in (None, row.strategy)
            and wanted.wrong in (None, is_wrong(row))
            and wanted.predicted in (None, row.predicted)
        )
    there = present(amounts)
    for j in wanted.has:
        kept &= there[:, j] if 0 <= j < k else False
    for j in wanted.lacks:
        kept &= ~there[:, j] if 0 <= j < k else False
    if len(wanted.area) >= 3:
        kept &= inside(report.array("embedding"), wanted.area)
    images = np.flatnonzero(kept)
    if wanted.has and len(images):
        images = images[np.argsort(-amounts[images][:, list(wanted.has)].sum(axis=1), kind="stable")]
    return images.tolist()


def amounts_of(report: StoredReport) -> np.ndarray:
    """(n, k) ≥ 0: how much of each concept a photo holds, 1 in its strongest photos.

    The largest code in the photo; where the layer has no places, the size of the importance.
    """
    sizes = report.activity() if report.has_maps else np.abs(report.array("phi"))
    top = np.quantile(sizes, STRONGEST, axis=0)
    top = np.where(top > 0, top, sizes.max(axis=0))
    return (sizes / np.where(top > 0, top, 1.0)).astype(np.float32)


def present(amounts: np.ndarray) -> np.ndarray:
    """(n, k) bool: at least three tenths of what the concept reaches in its strongest photos."""
    return amounts >= PRESENT


def inside(points: np.ndarray, corners: Sequence[tuple[float, float]]) -> np.ndarray:
    """(n,) bool: which points (n, 2) lie in the polygon, by the parity of the edges to their right."""
    x, y = np.asarray(points, dtype=float).T
    odd = np.zeros(len(x), dtype=bool)
    for (x1, y1), (x2, y2) in zip(corners, [*corners[1:], corners[0]], strict=True):
        if y1 == y2:
            continue
        crosses = (y1 > y) != (y2 > y)
        odd ^= crosses & (x < x1 + (y - y1) * (x2 - x1) / (y2 - y1))
    return odd
