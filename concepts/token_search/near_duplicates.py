"""Items that are nearly the same to the model: groups of equal or hardly changed photos."""

from typing import TYPE_CHECKING

import numpy as np

from concepts.token_search.exact import numbers_of
from concepts.token_search.item_vectors import ItemVectors
from concepts.token_search.token_file import TokenFile

if TYPE_CHECKING:
    from torch import Tensor

THRESHOLD = 0.98  # cosine of two items' mean tokens, from which they are nearly the same
MOST = 20_000  # items compared with each other
BLOCK = 1024  # of them at a time, with so many others: a million pairs are the most that are held
Groups = tuple[tuple[int, ...], ...]


def near_duplicates(tokens: TokenFile, *, threshold: float = THRESHOLD, items: np.ndarray | None = None) -> Groups:
    """Groups of two items or more, in order, each by its numbers.

    Two items are nearly the same where the cosine of their mean tokens, less the mean over all items, is at least
    `threshold`, or equal; a group holds what such pairs connect. Where things stand in the photo does not count. The
    mean is that of `ItemVectors`, whichever items are compared. items: (n,) bool, those that are compared; None: all.
    Memory: the mean tokens and one block of pairs, however many are alike.
    Raises ValueError for more than 20,000, and a threshold outside (0, 1].
    """
    chosen = numbers_of(items, tokens)
    chosen = np.arange(tokens.n_items) if chosen is None else chosen
    if len(chosen) > MOST or not 0 < threshold <= 1:
        raise ValueError(
            f"{len(chosen):,} items at a cosine of {threshold:g}: at most {MOST:,} are compared with each other, "
            "from a cosine in (0, 1]; choose a class"
        )
    labels = _labels(_directions(tokens, chosen), threshold)
    members = [chosen[labels == label] for label in np.flatnonzero(np.bincount(labels) > 1)]
    return tuple(sorted(tuple(group.tolist()) for group in members))


def without_repeats(n: int, groups: Groups) -> list[int]:
    """The numbers 0 … n − 1 with the first of each group alone."""
    repeats = {item for group in groups for item in group[1:]}
    return [item for item in range(n) if item not in repeats]


def _directions(tokens: TokenFile, chosen: np.ndarray) -> "Tensor":
    """(i, p + 1): the directions of the chosen items, each with one channel more: 1 where an item is the mean itself,
    which points nowhere, so that such items are alike."""
    import torch

    x = ItemVectors.of(tokens).take(chosen)
    return torch.cat([x, (~x.any(dim=1, keepdim=True)).float()], dim=1)


def _labels(unit: "Tensor", threshold: float) -> np.ndarray:
    """(i,) from 0 on, equal for items that pairs connect: rows (i, p) whose cosine is at least the threshold, to
    rounding. A block of pairs joins groups and is forgotten; a pair within a group joins nothing, and is passed over.
    """
    labels = np.arange(len(unit))
    for start in range(0, len(unit), BLOCK):
        rows = slice(start, start + BLOCK)
        for other in range(start, len(unit), BLOCK):
            columns = slice(other, other + BLOCK)
            alike = (unit[rows] @ unit[columns].T >= threshold - 1e-6).numpy()
            first, second = np.nonzero(alike & (labels[rows, None] != labels[columns]))
            if len(first):
                labels = _joined(labels, labels[rows][first], labels[columns][second])
    return labels


def _joined(labels: np.ndarray, first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """(i,): the labels after each of the first (m,) is joined with the second at its place."""
    from scipy import sparse
    from scipy.sparse.csgraph import connected_components

    pairs = sparse.coo_matrix((np.ones(len(first), bool), (first, second)), (len(labels), len(labels)))
    _, groups = connected_components(pairs, directed=False)
    return np.asarray(groups)[labels]
