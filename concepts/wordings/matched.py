"""Inactive texts as long as the active ones: words of long texts are no words of a concept."""

from bisect import bisect_left

import numpy as np


def matched_by_length(lengths: np.ndarray, active: np.ndarray, *, seed: int = 0) -> np.ndarray:
    """For each active text an inactive one of the nearest length, each used once: indices, in order.

    lengths: (n,), in words. active: (n,) bool. Active texts choose in a random order; of equally near ones the shorter
    is taken. Where there are fewer inactive texts than active ones, all of them are returned.
    """
    generator = np.random.default_rng(seed)
    rest = generator.permutation(np.flatnonzero(~active))
    rest = rest[np.argsort(lengths[rest], kind="stable")]
    free, free_lengths, taken = rest.tolist(), lengths[rest].tolist(), []
    for text in generator.permutation(np.flatnonzero(active)).tolist():
        if not free:
            break
        place = _nearest(free_lengths, float(lengths[text]))
        taken.append(free.pop(place))
        free_lengths.pop(place)
    return np.array(sorted(taken), dtype=np.int64)


def _nearest(ordered: list[float], length: float) -> int:
    """The place of the value nearest to `length` in a list in ascending order."""
    right = min(bisect_left(ordered, length), len(ordered) - 1)
    left = max(right - 1, 0)
    return left if length - ordered[left] <= ordered[right] - length else right
