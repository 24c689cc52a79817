"""What a code of words changes: which words concepts, or places, are given."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from concepts.evaluation.compression.searching import Vectors
from concepts.storage.typed_json import Count, Share

CONCEPTS, PLACES = NAMED = ("concepts", "places")
NO_WORD = -1
FIRST = 5


@dataclass(frozen=True)
class WordChange:
    """The words of concepts, or of places, beside those that they have with the exact vectors.

    of: what is named. n: those that have a word; kept: those of them that have the same one. five: the share of their
    first five words that stays among the first five, the mean over them; 0 where n is 0.
    """

    of: str
    n: Count
    kept: Count
    five: Share


@dataclass(frozen=True, eq=False)
class FirstWords:
    """word (m,): the number of each one's word. five (m, 5): its first five, the best first. −1: none."""

    word: np.ndarray
    five: np.ndarray

    def everywhere(self) -> "FirstWords":
        """One answer for all: the commonest word, and the five that are most often among the first five."""
        word, five = _commonest(self.word, 1), _commonest(self.five, FIRST)
        return FirstWords(np.repeat(word, len(self.word)), np.tile(five, (len(self.five), 1)))


class Naming(Protocol):
    """Things that words name."""

    @property
    def of(self) -> str:
        """What they are, of `NAMED`."""
        ...

    def words(self, vectors: Vectors) -> FirstWords:
        """Their words where these are the vectors of all words."""
        ...

    def control(self, before: FirstWords) -> FirstWords:
        """Their words beside which a change is read, with the exact vectors."""
        ...


def word_change(of: str, before: FirstWords, after: FirstWords) -> WordChange:
    """The change between two answers for the same things."""
    named = before.word != NO_WORD
    n = int(named.sum())
    kept = int((before.word == after.word)[named].sum())
    stays = [_stays(*each) for each in zip(before.five[named], after.five[named], strict=True)]
    return WordChange(of, n, kept, float(np.mean(stays)) if n else 0.0)


def _stays(before: np.ndarray, after: np.ndarray) -> float:
    there = before[before != NO_WORD]
    return float(np.isin(there, after).mean()) if len(there) else 0.0


def _commonest(words: np.ndarray, n: int) -> np.ndarray:
    """(n,): those that occur most often, NO_WORD where there are fewer."""
    each, counts = np.unique(words[words != NO_WORD], return_counts=True)
    most = each[np.argsort(-counts, kind="stable")][:n]
    return np.pad(most, (0, n - len(most)), constant_values=NO_WORD)
