"""Inactive texts as long as the active ones: words of long texts are no words of a concept."""

from bisect import bisect_left
from collections import deque

import numpy as np


def matched_by_length(lengths: np.ndarray, active: np.ndarray, *, seed: int = 0) -> np.ndarray:
    """For each active text an inactive one of the nearest length, each used once: indices, in order.

    lengths: (n,), in words. active: (n,) bool. Active texts choose in a random order; of equally near ones the shorter
    is taken. Where there are fewer inactive texts than active ones, all of them are returned.
    """
    generator = np.random.default_rng(seed)
    rest = generator.permutation(np.flatnonzero(~active))
    ordered = np.unique(lengths[rest]).tolist()
    free = {length: deque(rest[lengths[rest] == length].tolist()) for length in ordered}
    taken: list[int] = []
    for text in generator.permutation(np.flatnonzero(active)).tolist():
        if not ordered:
            break
        place, from_above = _nearest(ordered, float(lengths[text]))
        same = free[ordered[place]]
        taken.append(same.popleft() if from_above else same.pop())
        if not same:
            del ordered[place]
    return np.array(sorted(taken), dtype=np.int64)


def _nearest(ordered: list[float], length: float) -> tuple[int, bool]:
    """The place of the value nearest to `length` in ascending ones, the smaller of two; whether it is not below."""
    above = bisect_left(ordered, length)
    if above == 0:
        return 0, True
    if above == len(ordered) or length - ordered[above - 1] <= ordered[above] - length:
        return above - 1, False
    return above, True
