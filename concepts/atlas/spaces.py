"""Concepts of several classes in one space: matches between them, and their positions on a map.

Concepts of reports of one model and one layer are directions over the same channels; no others are comparable this way.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Generic, TypeVar

import numpy as np

from concepts.atlas.links import ConceptLink, ConceptLinks
from concepts.atlas.member import Member
from concepts.extraction.methods import has_signed_codes
from concepts.numerics.matching import assigned

SEED, SHUFFLES, LEVEL = 0, 200, 0.95
NEAREST = 4  # concepts of other reports on a concept's page
AnyMember = TypeVar("AnyMember", bound=Member, covariant=True)


@dataclass(frozen=True, eq=False)
class Space(Generic[AnyMember]):
    """The reports of one model and layer; their n concepts are in the order of `nodes`."""

    members: tuple[AnyMember, ...]

    @property
    def model(self) -> str:
        return self.members[0].report.data.model.name

    @property
    def layer(self) -> str:
        return self.members[0].report.data.layer.path

    @cached_property
    def nodes(self) -> list[tuple[AnyMember, int]]:
        """(report, concept) of every row."""
        return [(member, j) for member in self.members for j in range(len(member.components))]

    @cached_property
    def owner(self) -> np.ndarray:
        """(n,) index of each row's report among the members."""
        return np.repeat(np.arange(len(self.members)), [len(member.components) for member in self.members])

    @cached_property
    def signed(self) -> bool:
        """True if an atom equals its negative in any of the dictionaries."""
        return any(has_signed_codes(member.report.data.settings.method) for member in self.members)

    @cached_property
    def directions(self) -> np.ndarray:
        """(n, p) unit rows, a dead one zero; if the sign is ignored, the largest entry is positive."""
        V = unit(np.concatenate([np.asarray(member.components, dtype=np.float64) for member in self.members]))
        if not self.signed:
            return V
        largest = np.take_along_axis(V, np.abs(V).argmax(axis=1)[:, None], axis=1)
        return V * np.where(largest < 0, -1, 1)

    def similarity(self, member: int) -> np.ndarray:
        """(k, n) cosines of one report's concepts with all concepts; absolute values if the sign is ignored.

        One report at a time: the full matrix of thousands of concepts need not fit into memory.
        """
        cosines = (self.directions[self.owner == member] @ self.directions.T).clip(-1, 1)
        return np.abs(cosines) if self.signed else cosines

    @cached_property
    def threshold(self) -> float | None:
        """The cosine above which a match is more than chance; None if there is nothing to compare."""
        if len(self.members) < 2:
            return None
        k = max(len(member.components) for member in self.members)
        return chance_cosine(self.directions, k, signed=self.signed)

    @cached_property
    def links(self) -> ConceptLinks:
        """Pairs of the one-to-one matching (Hungarian method) of every two reports above the threshold, best first."""
        return ConceptLinks.joined([self._matched(member) for member in range(1, len(self.members))])

    def _matched(self, member: int) -> ConceptLinks:
        """The pairs of one report with each report before it."""
        similarity, start = self.similarity(member), np.searchsorted(self.owner, range(len(self.members) + 1)).tolist()
        pairs = [assigned(similarity[:, first:end]) for first, end in pairwise(start[: member + 1])]
        own = np.concatenate([j for j, _ in pairs])
        others = np.concatenate([first + i for first, (_, i) in zip(start, pairs, strict=False)])
        cosines = similarity[own, others]
        kept = cosines > self.threshold
        return ConceptLinks(others[kept], start[member] + own[kept], cosines[kept])

    @cached_property
    def forest(self) -> list[ConceptLink]:
        """The smallest and strongest set of links that connects each group (Kruskal), drawn on the map."""
        return self.links.forest(len(self.nodes))

    @cached_property
    def groups(self) -> list[tuple[list[int], float]]:
        """Groups of concepts connected by links, the largest first, and the smallest cosine along each group's forest.

        A concept without links is in no group.
        """
        root, members, weakest = self.links.roots(len(self.nodes)), dict[int, list[int]](), dict[int, float]()
        for row, first in enumerate(root):
            members.setdefault(first, []).append(row)
        for link in self.forest:  # best first
            weakest[root[link.a]] = link.cosine
        return sorted(((members[first], cosine) for first, cosine in weakest.items()), key=lambda g: (-len(g[0]), g[0]))

    def nearest(self, member: int, most: int = NEAREST) -> list[list[tuple[int, float]]]:
        """For each concept of a report: (row, cosine) of the most similar concepts of other reports."""
        others = np.flatnonzero(self.owner != member)
        found = []
        for cosines in self.similarity(member)[:, others]:
            best = np.argpartition(-cosines, most)[:most] if len(cosines) > most else np.arange(len(cosines))
            order = best[np.lexsort((best, -cosines[best]))]
            found.append([(int(others[j]), float(cosines[j])) for j in order])
        return found

    def above_chance(self, cosine: float) -> bool:
        return self.threshold is not None and cosine > self.threshold

    @cached_property
    def layout(self) -> tuple[np.ndarray, str]:
        """(n, 2) positions and the method used: UMAP on the directions; principal components for fewer than 20."""
        from concepts.strategies.layout import FEWEST_FOR_UMAP, lay_out, nearest_neighbours, principal_plane

        if len(self.nodes) < FEWEST_FOR_UMAP:
            return principal_plane(self.directions), "principal components"
        return lay_out(self.directions, *nearest_neighbours(self.directions), SEED)


def spaces_of(classes: Sequence[AnyMember]) -> list[Space[AnyMember]]:
    """The classes grouped by comparability (weights, layer and channels); the largest space first."""
    found: dict[tuple[str, str, int], list[AnyMember]] = {}
    for each in classes:
        data = each.report.data
        found.setdefault((data.model.fingerprint, data.layer.path, each.components.shape[1]), []).append(each)
    order = sorted(found.items(), key=lambda item: (-len(item[1]), item[0]))
    return [Space(tuple(members)) for _, members in order]


def unit(V: np.ndarray) -> np.ndarray:
    """Rows scaled to length 1; a row of zeros is unchanged."""
    length = np.linalg.norm(V, axis=1, keepdims=True)
    return V / np.where(length > 0, length, 1)


def chance_cosine(V: np.ndarray, k: int, *, signed: bool = False, seed: int = SEED) -> float:
    """The 95% quantile, over 200 cases, of the best cosine between two shuffled dictionaries of k concepts.

    V: (n, p) the concepts of a space. Shuffled: the value of each channel is drawn from that channel's values in all
    concepts. This preserves the similarity that strong channels give to all concepts and destroys individual concepts.
    """
    rng, alive = np.random.default_rng(seed), V[np.abs(V).max(axis=1) > 0]
    if not len(alive):
        return 1.0
    best = []
    for _ in range(SHUFFLES):
        drawn = alive[rng.integers(len(alive), size=(2 * k, V.shape[1])), np.arange(V.shape[1])]
        cosines = unit(drawn[:k]) @ unit(drawn[k:]).T
        best.append(np.abs(cosines).max() if signed else cosines.max())
    return float(np.quantile(best, LEVEL, method="higher"))
