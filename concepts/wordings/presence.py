"""Which texts hold which terms."""

from bisect import bisect_left
from collections import Counter
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
    cut = splitter(split)
    ordered = [cut(text) for text in texts]
    found = [set(phrases(terms, longest)) for terms in ordered]
    counts = Counter(term for terms in found for term in terms)
    terms = tuple(sorted(term for term, count in counts.items() if count >= least))
    place = {term: j for j, term in enumerate(terms)}
    columns = [sorted(place[term] for term in held if term in place) for held in found]
    ends = np.cumsum([0, *map(len, columns)])
    indices = np.array([j for held in columns for j in held], dtype=np.int64)
    holds = csr_array((np.ones(len(indices)), indices, ends), shape=(len(texts), len(terms)))
    return Presence(terms, holds, np.array([len(each) for each in ordered]))
