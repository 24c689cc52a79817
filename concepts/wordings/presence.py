"""Which texts hold which terms."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from concepts.wordings.terms import phrases, splitter

if TYPE_CHECKING:
    from scipy.sparse import csr_array


@dataclass(frozen=True, eq=False)
class Presence:
    """L terms in alphabetical order and the n texts that hold them: `holds` (n, L), sparse, 0 or 1.

    lengths: (n,), the number of words and marks of each text, with repetitions.
    """

    terms: tuple[str, ...]
    holds: "csr_array"
    lengths: np.ndarray

    @property
    def counts(self) -> np.ndarray:
        """(L,): the number of texts that hold each term."""
        return self.counts_in(np.ones(len(self.lengths), dtype=bool))

    def counts_in(self, texts: np.ndarray) -> np.ndarray:
        """(L,): the number of these texts that hold each term. texts: (n,) bool or indices."""
        n = len(self.lengths)
        times = texts.astype(float) if texts.dtype == bool else np.bincount(texts, minlength=n).astype(float)
        return (self.holds.T @ times).astype(int)

    def of_texts(self, texts: np.ndarray) -> "Presence":
        """The same terms in some of the texts. texts: (n,) bool or indices."""
        return Presence(self.terms, self.holds[texts], self.lengths[texts])

    def of_terms(self, columns: np.ndarray) -> "Presence":
        """Some of the terms in the same texts. columns: indices in ascending order."""
        return Presence(tuple(self.terms[j] for j in columns.tolist()), self.holds[:, columns], self.lengths)

    def holding(self, terms: Sequence[str]) -> np.ndarray:
        """(n,) bool: the text holds one of these terms; terms that no text was counted for are in none."""
        places = [bisect_left(self.terms, term) for term in terms]
        found = [j for j, term in zip(places, terms, strict=True) if j < len(self.terms) and self.terms[j] == term]
        return np.asarray(self.holds[:, found].sum(axis=1)).ravel() > 0


def term_presence(texts: Sequence[str], *, split: str = "words", longest: int = 1, least: int = 1) -> Presence:
    """The terms that at least `least` texts hold, phrases of up to `longest` words among them.

    A term counts once a text: its repetitions in one text are no independent evidence. split: a key of `SPLITTERS`.
    Raises ValueError for another key, or no texts.
    """
    from scipy.sparse import csr_array

    if not len(texts):
        raise ValueError("0 texts, expected at least one: give the texts whose words are counted")
    cut, number, columns, ends, lengths = splitter(split), dict[str, int](), list[int](), [0], list[int]()
    for text in texts:
        ordered = cut(text)
        columns += [number.setdefault(term, len(number)) for term in dict.fromkeys(phrases(ordered, longest))]
        ends.append(len(columns))
        lengths.append(len(ordered))
    holds = csr_array((np.ones(len(columns)), columns, ends), shape=(len(texts), len(number)))
    counts = np.bincount(columns, minlength=len(number))
    terms = sorted(term for term, count in zip(number, counts.tolist(), strict=True) if count >= least)
    return Presence(tuple(terms), holds[:, [number[term] for term in terms]], np.array(lengths))
