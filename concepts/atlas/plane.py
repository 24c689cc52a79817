"""What takes seconds to compute for a space, kept in a file: where its concepts lie, and which are alike."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Annotated

import numpy as np

from concepts.atlas.links import ConceptLink, ConceptLinks
from concepts.atlas.member import Member
from concepts.atlas.spaces import Space
from concepts.storage.entries import new_entry
from concepts.storage.store import key_of
from concepts.storage.typed_json import Count, Finite, exactly, read_typed, write_typed

FORMAT = 1  # raise when the layout or the matching changes
FILE = "plane.json"


@dataclass(frozen=True)
class StoredLink:
    """A `ConceptLink` in a file."""

    a: Count
    b: Count
    cosine: Finite


@dataclass(frozen=True)
class Plane:
    """The concepts of a space on a plane. places: (x, y) of each row; laid_out_by: the method in words.

    threshold: the cosine above which a match is more than chance; None where there is nothing to compare. links: of the
    matches above it, the strongest that hold each group together, best first; in older files, all of them.
    """

    format: Annotated[int, exactly(FORMAT)]
    places: tuple[tuple[Finite, Finite], ...]
    laid_out_by: str
    threshold: Finite | None
    links: tuple[StoredLink, ...]

    @property
    def points(self) -> np.ndarray:
        """(n, 2): the places."""
        return np.array(self.places, dtype=float).reshape(-1, 2)

    @property
    def forest(self) -> np.ndarray:
        """(m, 2): the rows at the ends of the strongest links that hold each group together."""
        links = ConceptLinks.of([ConceptLink(link.a, link.b, link.cosine) for link in self.links])
        kept = links.forest(len(self.places)) if len(links) else []
        return np.array([(link.a, link.b) for link in kept], dtype=int).reshape(-1, 2)


def plane_of(space: Space[Member]) -> Plane:
    """The plane of a space, computed: some seconds, most of which the first use of UMAP in a process takes."""
    places, method = space.layout
    links = tuple(StoredLink(link.a, link.b, link.cosine) for link in space.forest)
    return Plane(FORMAT, tuple((float(x), float(y)) for x, y in places), method, space.threshold, links)


def find_plane(space: Space[Member], folders: Sequence[Path]) -> Plane | None:
    """The plane as kept in one of these folders; None if there is none, or it is damaged or another's."""
    for folder in folders:
        with suppress(OSError, ValueError):
            found = read_typed(Plane, folder / plane_name(space) / FILE)
            if _fits(found, len(space.nodes)):
                return found
    return None


def keep_plane(space: Space[Member], plane: Plane, folder: Path) -> None:
    """Writes the plane of a space into a folder of planes."""
    with new_entry(folder / plane_name(space), keep=False) as part:
        write_typed(part / FILE, plane)


def plane_name(space: Space[Member]) -> str:
    """The name of a space's plane: different where a concept, their order or what a sign means differs."""
    whole = blake2b(digest_size=16)
    for member in space.members:
        directions = np.ascontiguousarray(member.components, dtype="<f4")
        whole.update(repr(directions.shape).encode() + directions.tobytes())
    return f"plane-{key_of(format=FORMAT, concepts=whole.hexdigest(), signed=space.signed)}"


def _fits(plane: Plane, n: int) -> bool:
    return len(plane.places) == n and all(max(link.a, link.b) < n for link in plane.links)
