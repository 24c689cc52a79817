"""Items that are nearly the same to the model: groups of equal or hardly changed photos."""

from collections.abc import Iterator

import numpy as np

from concepts.token_search.alike_join import join_alike
from concepts.token_search.exact import numbers_of
from concepts.token_search.item_vectors import ItemVectors
from concepts.token_search.token_file import TokenFile

THRESHOLD = 0.98  # cosine of two items' mean tokens, from which they are nearly the same
MOST = 20_000  # items compared with each other while somebody waits
Groups = tuple[tuple[int, ...], ...]


def near_duplicates(tokens: TokenFile, *, threshold: float = THRESHOLD, items: np.ndarray | None = None) -> Groups:
    """Groups of two items or more, in order, each by its numbers.

    Two items are nearly the same where the cosine of their mean tokens, less the mean over all items, is at least
    `threshold`, or equal; a group holds what such pairs connect. Where things stand in the photo does not count. The
    mean is that of `ItemVectors`, whichever items are compared. items: (n,) bool, those that are compared; None: all.
    Memory: the mean tokens and what `join_alike` takes, however many are alike. Of more items: `build_duplicates`.
    Raises ValueError for more than 20,000, and a threshold outside (0, 1].
    """
    chosen = numbers_of(items, tokens)
    chosen = np.arange(tokens.n_items) if chosen is None else chosen
    check_threshold(threshold)
    if len(chosen) > MOST:
        raise ValueError(f"{len(chosen):,} items: at most {MOST:,} are compared with each other; choose a class")
    unit = np.empty((len(chosen), row_width(tokens)), np.float32)
    done = 0
    for part in compared_rows(tokens, chosen):
        unit[done : done + len(part)] = part
        done += len(part)
    return groups_of(join_alike(unit, threshold).firsts, chosen)


def compared_rows(tokens: TokenFile, items: np.ndarray | None = None) -> Iterator[np.ndarray]:
    """(m, p + 1) float32 each: the directions of these items (i,), ascending, or of all, with one channel more: 1 where
    an item is the mean itself, which points nowhere, so that such items are alike. Of length 1."""
    for _, x in ItemVectors.of(tokens).chunks(items):
        part = x.numpy()
        yield np.column_stack([part, ~part.any(axis=1)]).astype(np.float32, copy=False)


def row_width(tokens: TokenFile) -> int:
    """The channels of `compared_rows`."""
    return tokens.channels + 1


def groups_of(firsts: np.ndarray, items: np.ndarray) -> Groups:
    """The items (m,), ascending, in groups: those of two or more that have the same first (m,)."""
    _, place, size = np.unique(firsts, return_inverse=True, return_counts=True)
    grouped = np.flatnonzero(size[place] > 1)
    order = grouped[np.argsort(place[grouped], kind="stable")]
    ends = np.flatnonzero(np.diff(place[order], append=-1)) + 1
    return tuple(sorted(tuple(group.tolist()) for group in np.split(items[order], ends)[:-1]))


def without_repeats(n: int, groups: Groups) -> np.ndarray:
    """(n,) bool: the items of n without those of each group but its first."""
    kept = np.ones(n, bool)
    kept[[item for group in groups for item in group[1:]]] = False
    return kept


def check_threshold(threshold: float) -> None:
    """Raises ValueError outside (0, 1]."""
    if not 0 < threshold <= 1:
        raise ValueError(f"a cosine of {threshold:g}: two items are alike from one in (0, 1]")
