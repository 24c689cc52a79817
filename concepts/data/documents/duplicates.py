"""Texts that stand in a set more than once, exactly or nearly."""

import unicodedata
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from concepts.data.documents.shingles import shingles_of, similar_pairs
from concepts.data.documents.textset import TextSet

MOST_PAIRS = 10_000  # that are listed
THRESHOLD = 0.7  # resemblance from which two texts are nearly the same
Groups = tuple[tuple[int, ...], ...]


@dataclass(frozen=True)
class NearPair:
    """Two texts of a set, first < second, and their resemblance in [0, 1]."""

    first: int
    second: int
    resemblance: float


@dataclass(frozen=True)
class Duplicates:
    """Groups of two texts or more, as indices of the set in order; groups are in the order of their first texts.

    exact: equal but for case, white space and the forms of Unicode. near: joined by pairs of nearly equal texts (with
    their exact copies), so that two of a group may be less alike. pairs: the 10,000 most alike of those pairs, one for
    each two exact groups, the most alike first; n_pairs: how many there are.
    exact_across, near_across: how many of the groups have texts of more than one class.
    """

    exact: Groups
    near: Groups
    pairs: tuple[NearPair, ...]
    n_pairs: int
    exact_across: int
    near_across: int

    @property
    def groups(self) -> Groups:
        """Both kinds as `copies_among` returns them: a group of exact copies that is part of a near one counts once."""
        return _joined(self.exact, self.near)

    @property
    def n_repeated(self) -> int:
        """The texts that are left out where each exact group keeps its first."""
        return sum(len(group) - 1 for group in self.exact)

    @property
    def n_nearly_repeated(self) -> int:
        """The texts that are left out where each near group keeps its first, exact copies included."""
        return sum(len(group) - 1 for group in self.near)


def find_duplicates(texts: TextSet, *, threshold: float = THRESHOLD) -> Duplicates:
    """The texts that occur more than once.

    Exact: equal after NFKC, casefolding, and white space as single spaces. Near: resemblance of at least `threshold`,

        r(a, b) = |S(a) ∩ S(b)| / |S(a) ∪ S(b)|,

    S a text's set of five characters in a row, after the same changes (Broder, Compression and Complexity of Sequences
    1997, section 2). threshold: in (0, 1]. Raises ValueError for another one.
    """
    if not 0 < threshold <= 1:
        raise ValueError(f"threshold is {threshold}: give a resemblance above 0 and at most 1")
    members = _members(texts.texts)
    copies = list(members.values())
    found = _resembling(list(members), copies, threshold)
    exact = tuple(tuple(group) for group in copies if len(group) > 1)
    near = _near_groups(copies, found, len(texts))
    best = np.lexsort((found.second, found.first, -found.resemblance))[:MOST_PAIRS]
    pairs = tuple(
        NearPair(int(found.first[i]), int(found.second[i]), float(found.resemblance[i])) for i in best.tolist()
    )
    labels = texts.groups
    return Duplicates(exact, near, pairs, len(found.first), across(exact, labels), across(near, labels))


def copies_among(texts: Sequence[str], *, threshold: float = THRESHOLD) -> Groups:
    """Groups of texts that are copies of each other, exactly or nearly, as indices, in the order of their first texts.

    Exactly and nearly as in `find_duplicates`, of texts that need not be a set.
    """
    members = _members(texts)
    copies = list(members.values())
    near = _near_groups(copies, _resembling(list(members), copies, threshold), len(texts))
    return _joined(tuple(tuple(group) for group in copies if len(group) > 1), near)


def _joined(exact: Groups, near: Groups) -> Groups:
    in_near = {i for group in near for i in group}
    return tuple(sorted((*near, *(group for group in exact if group[0] not in in_near))))


def _members(texts: Sequence[str]) -> dict[str, list[int]]:
    """Each text in plain form -> the indices of its exact copies."""
    members: dict[str, list[int]] = defaultdict(list)
    for i, text in enumerate(texts):
        members[plain_text(text)].append(i)
    return members


def plain_text(text: str) -> str:
    """The text in the form in which it is compared: NFKC, casefolded, white space as single spaces."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


@dataclass(frozen=True, eq=False)
class _Found:
    """Near pairs as arrays (p,): the indices of the first texts of two exact groups, the smaller one first."""

    first: np.ndarray
    second: np.ndarray
    resemblance: np.ndarray


def _resembling(plain: Sequence[str], copies: Sequence[Sequence[int]], threshold: float) -> _Found:
    one, other, resemblance = similar_pairs(shingles_of(plain), threshold)
    firsts = np.array([group[0] for group in copies], dtype=np.int64)
    return _Found(np.minimum(firsts[one], firsts[other]), np.maximum(firsts[one], firsts[other]), resemblance)


def _near_groups(copies: Sequence[Sequence[int]], found: _Found, n: int) -> Groups:
    """The groups of texts joined by pairs: connected components, with the copies of each."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    links = coo_array((np.ones(len(found.first)), (found.first, found.second)), shape=(n, n))
    _, part = connected_components(links, directed=False)
    paired = set(part[found.first].tolist())
    groups: dict[int, list[int]] = defaultdict(list)
    for group in copies:
        if part[group[0]] in paired:
            groups[part[group[0]]] += group
    return tuple(sorted(tuple(sorted(group)) for group in groups.values()))


def across(groups: Groups, labels: Sequence[str | None]) -> int:
    """How many groups have texts of more than one class; texts without a label do not count."""
    return sum(len({labels[i] for i in group} - {None}) > 1 for group in groups)
