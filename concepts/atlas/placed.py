"""A space ready to be shown: its concepts in a box, the lines between them, what is most like each."""

from dataclasses import dataclass
from typing import Generic

import numpy as np

from concepts.atlas.box import crop_side, in_box
from concepts.atlas.plane import Plane
from concepts.atlas.spaces import AnyMember, Space
from concepts.report.verdict import Kind


@dataclass(frozen=True, eq=False)
class PlacedSpace(Generic[AnyMember]):
    """A space on its plane; rows are those of `space.nodes`.

    points: (n, 2) in a box `concepts.atlas.box.WIDTH` wide and `height` high, y downwards. side: of a crop in the box;
    0 if there are too many to lie beside each other. lines: (m, 2) rows joined by a line. near: for each row, (row,
    cosine) of the most similar concepts of other reports. named: row → the verdict of its report that names it.
    """

    space: Space[AnyMember]
    plane: Plane
    points: np.ndarray
    height: float
    side: float
    lines: np.ndarray
    near: tuple[tuple[tuple[int, float], ...], ...]
    named: dict[int, Kind]

    def row_of(self, member: int, concept: int) -> int | None:
        """The row of a concept; None for one that there is not."""
        start = int(np.searchsorted(self.space.owner, member))
        k = int((self.space.owner == member).sum())
        return start + concept if 0 <= concept < k else None

    def is_shared(self, cosine: float) -> bool:
        """True where two concepts are more alike than chance."""
        return self.plane.threshold is not None and cosine > self.plane.threshold


def placed(space: Space[AnyMember], plane: Plane) -> PlacedSpace[AnyMember]:
    """The space on its plane."""
    side = crop_side(len(space.nodes))
    points, height = in_box(plane.points, side)
    near = tuple(tuple(row) for member in range(len(space.members)) for row in space.nearest(member))
    return PlacedSpace(space, plane, points, height, side, plane.forest, near, _named(space))


def _named(space: Space[AnyMember]) -> dict[int, Kind]:
    """The rows of the concepts that a verdict names."""
    found = {}
    for row, (member, j) in enumerate(space.nodes):
        verdict = member.report.data.verdict
        if verdict is not None and verdict.suspect is not None and j in verdict.suspect.concepts:
            found[row] = verdict.kind
    return found
