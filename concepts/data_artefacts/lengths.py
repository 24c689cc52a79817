"""Does the length of a text say its label?"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from concepts.data.documents.words import word_spans
from concepts.numerics.auroc import auroc
from concepts.numerics.intervals import Estimate


@dataclass(frozen=True)
class LengthLabel:
    """The lengths of one label's texts beside all others, in words.

    auroc: the chance that one of its texts is longer than one of the others; 0.5 where length says nothing.
    """

    label: str
    n: int
    median: float
    median_of_others: float
    auroc: Estimate


def length_labels(texts: Sequence[str], labels: Sequence[str]) -> tuple[LengthLabel, ...]:
    """One row a label, in alphabetical order. Raises ValueError for one label, or not as many as texts."""
    if len(labels) != len(texts) or len(set(labels)) < 2:
        raise ValueError(
            f"{len(texts)} texts, {len(labels)} labels of {len(set(labels))} kinds: give each text one of two or more"
        )
    lengths, given = word_counts(texts), np.array(labels)
    return tuple(_row(label, lengths, given == label) for label in sorted(set(labels)))


def word_counts(texts: Sequence[str]) -> np.ndarray:
    """(n,): the number of words of each text."""
    return np.array([len(word_spans(text)) for text in texts], dtype=float)


def longer_than_half(texts: Sequence[str]) -> np.ndarray:
    """(n,) bool: the text has more words than the median, for `concept_links`."""
    lengths = word_counts(texts)
    return lengths > np.median(lengths)


def _row(label: str, lengths: np.ndarray, own: np.ndarray) -> LengthLabel:
    return LengthLabel(
        label,
        int(own.sum()),
        float(np.median(lengths[own])),
        float(np.median(lengths[~own])),
        auroc(lengths, own),
    )
