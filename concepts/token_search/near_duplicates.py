"""Items that are nearly the same to the model: groups of equal or hardly changed photos."""

from typing import TYPE_CHECKING

import numpy as np

from concepts.token_search.exact import numbers_of
from concepts.token_search.token_file import TokenFile

if TYPE_CHECKING:
    from torch import Tensor

THRESHOLD = 0.98  # cosine of two items' mean tokens, from which they are nearly the same
MOST, BLOCK = 20_000, 1024  # items compared with each other; of them at a time
Groups = tuple[tuple[int, ...], ...]


def near_duplicates(tokens: TokenFile, *, threshold: float = THRESHOLD, items: np.ndarray | None = None) -> Groups:
    """Groups of two items or more, in order, each by its numbers.

    Two items are nearly the same where the cosine of their mean tokens, less the mean over all items, is at least
    `threshold`; a group holds what such pairs connect. Where things stand in the photo does not count. items: (n,)
    bool, those that are compared; None: all. Raises ValueError for more than 20,000, and a threshold outside (0, 1].
    """
    from scipy import sparse
    from scipy.sparse.csgraph import connected_components

    chosen = numbers_of(items, tokens)
    chosen = np.arange(tokens.n_items) if chosen is None else chosen
    if len(chosen) > MOST or not 0 < threshold <= 1:
        raise ValueError(
            f"{len(chosen):,} items at a cosine of {threshold:g}: at most {MOST:,} are compared with each other, "
            "from a cosine in (0, 1]; choose a class"
        )
    pairs = _pairs(_means(tokens, chosen), threshold)
    graph = sparse.coo_matrix((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), (len(chosen), len(chosen)))
    _, labels = connected_components(graph, directed=False)
    members = [chosen[labels == label] for label in np.flatnonzero(np.bincount(labels) > 1)]
    return tuple(sorted(tuple(group.tolist()) for group in members))


def without_repeats(n: int, groups: Groups) -> list[int]:
    """The numbers 0 … n − 1 with the first of each group alone."""
    repeats = {item for group in groups for item in group[1:]}
    return [item for item in range(n) if item not in repeats]


def _means(tokens: TokenFile, chosen: np.ndarray) -> "Tensor":
    """(i, p): unit mean tokens of the chosen items, less the mean over them."""
    import torch

    means = [chunk.reshape(-1, tokens.places, tokens.channels).mean(dim=1) for _, chunk in tokens.chunks(chosen)]
    every = torch.cat(means)
    return torch.nn.functional.normalize(every - every.mean(dim=0), dim=1)


def _pairs(unit: "Tensor", threshold: float) -> np.ndarray:
    """(pairs, 2), first < second: rows whose cosine is at least the threshold, to rounding."""
    found = [np.zeros((0, 2), np.int64)]
    for start in range(0, len(unit), BLOCK):
        alike = (unit[start : start + BLOCK] @ unit[start:].T >= threshold - 1e-6).triu(1)
        found.append(alike.nonzero().numpy() + start)
    return np.concatenate(found)
