"""Finding photos of a report by concepts, prediction, strategy, or region of the graph."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from concepts.report.rendering.sentences import is_wrong
from concepts.report.stored import StoredReport

PRESENT = 0.3  # of a concept's amount in its strongest photos
STRONGEST = 0.98  # quantile of the amount that stands for these photos


@dataclass(frozen=True)
class PhotoFilter:
    """Conditions on photos, all of which must hold; None and () set no condition.

    strategy: −1 means the outliers. wrong: True or False. predicted: the predicted class. has, lacks: concepts. area:
    corners (x, y) of a region of the graph. suspect: the index of a suspect of the verdict, the photos of which are
    told apart by the gap between two populations, not by the threshold of `present`. contains: characters of the text,
    or of a photo's name, in letters of either case.
    """

    strategy: int | None = None
    wrong: bool | None = None
    predicted: str | None = None
    has: tuple[int, ...] = ()
    lacks: tuple[int, ...] = ()
    area: tuple[tuple[float, float], ...] = ()
    suspect: int | None = None
    contains: str | None = None

    @property
    def anything(self) -> bool:
        """True if there is any condition."""
        return self != PhotoFilter()


def find_photos(report: StoredReport, wanted: PhotoFilter, amounts: np.ndarray) -> list[int]:
    """The images that match, in their order; with `has`, those with the largest amounts of its concepts first.

    amounts: (n, k), from `amounts_of`. A concept or a suspect that the report does not have matches no image.
    """
    n, k = amounts.shape
    kept = np.ones(n, dtype=bool)
    for i, row in enumerate(report.data.items):
        kept[i] = (
            wanted.strategy in (None, row.strategy)
            and wanted.wrong in (None, is_wrong(row))
            and wanted.predicted in (None, row.predicted)
        )
    if wanted.contains:
        kept &= containing(report, wanted.contains)
    if wanted.suspect is not None:
        kept &= np.isin(np.arange(n), photos_of_suspect(report, wanted.suspect))
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


def containing(report: StoredReport, words: str) -> np.ndarray:
    """(n,) bool, True for texts that hold these characters, and photos with them in their name, whatever their case."""
    data, words = report.data, words.casefold()
    said = [row.text for row in data.texts] if data.kind == "texts" else [row.name for row in data.images]
    return np.array([words in each.casefold() for each in said], dtype=bool)


def photos_of_suspect(report: StoredReport, index: int) -> tuple[int, ...]:
    """The images that show a suspect of the verdict; none where there is no such suspect."""
    suspects = () if report.data.verdict is None else report.data.verdict.suspects
    return suspects[index].photos if 0 <= index < len(suspects) else ()


def amounts_of(report: StoredReport) -> np.ndarray:
    """(n, k) ≥ 0: amount of each concept in each photo, 1 in the concept's strongest photos.

    The amount is the largest code in the photo; if the layer has no places, the size of the importance.
    """
    sizes = report.activity() if report.has_maps else np.abs(report.array("phi"))
    top = np.quantile(sizes, STRONGEST, axis=0)
    top = np.where(top > 0, top, sizes.max(axis=0))
    return (sizes / np.where(top > 0, top, 1.0)).astype(np.float32)


def present(amounts: np.ndarray) -> np.ndarray:
    """(n, k) bool, True where the amount is at least three tenths of that in the concept's strongest photos."""
    return amounts >= PRESENT


def inside(points: np.ndarray, corners: Sequence[tuple[float, float]]) -> np.ndarray:
    """(n,) bool, True for points (n, 2) in the polygon, by the parity of the number of edges to their right."""
    x, y = np.asarray(points, dtype=float).T
    odd = np.zeros(len(x), dtype=bool)
    for (x1, y1), (x2, y2) in zip(corners, [*corners[1:], corners[0]], strict=True):
        if y1 == y2:
            continue
        crosses = (y1 > y) != (y2 > y)
        odd ^= crosses & (x < x1 + (y - y1) * (x2 - x1) / (y2 - y1))
    return odd
