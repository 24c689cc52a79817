"""Copies of texts across labels: whoever has seen one knows the label of the other, or one of them is wrong."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Copies:
    """Groups of texts that are copies of each other, and how many of these hold two labels or more."""

    groups: int
    texts: int
    groups_across: int
    texts_across: int


def copies_across(groups: Sequence[Sequence[int]], labels: Sequence[str]) -> Copies:
    """The counts of groups of copies, each the indices of two texts or more, over the labels (n,) of all texts."""
    across = [group for group in groups if len({labels[i] for i in group}) > 1]
    return Copies(len(groups), sum(map(len, groups)), len(across), sum(map(len, across)))


def has_copies(groups: Sequence[Sequence[int]], n: int) -> np.ndarray:
    """(n,) bool: the text has a copy, for `concept_links`."""
    found = np.zeros(n, dtype=bool)
    found[[i for group in groups for i in group]] = True
    return found
