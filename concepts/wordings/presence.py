"""Which texts hold which terms."""

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
    """L terms in alphabetical order and the n texts that hold them: `holds` (n, L), sparse, 0 or 1."""

    terms: tuple[str, ...]
    holds: "csr_array"

    @property
    def counts(self) -> np.ndarray:
        """(L,): the number of texts that hold each term."""
        return np.asarray(self.holds.sum(axis=0)).ravel().astype(int)

    def counts_in(self, texts: np.ndarray) -> np.ndarray:
        """(L,): the number of these texts that hold each term. texts: (n,) bool or indices."""
        return np.asarray(self.holds[texts].sum(axis=0)).ravel().astype(int)


def term_presence(texts: Sequence[str], *, split: str = "words", longest: int = 1, least: int = 1) -> Presence:
    """The terms that at least `least` texts hold, phrases of up to `longest` words among them.

    A term counts once a text: its repetitions in one text are no independent evidence. split: a key of `SPLITTERS`.
    Raises ValueError for another key, or no texts.
    """
    from scipy.sparse import csr_array

    if not len(texts):
        raise ValueError("0 texts, expected at least one: give the texts whose words are counted")
    cut = splitter(split)
    found = [set(phrases(cut(text), longest)) for text in texts]
    counts = Counter(term for terms in found for term in terms)
    terms = tuple(sorted(term for term, count in counts.items() if count >= least))
    place = {term: j for j, term in enumerate(terms)}
    columns = [sorted(place[term] for term in held if term in place) for held in found]
    ends = np.cumsum([0, *map(len, columns)])
    indices = np.array([j for held in columns for j in held], dtype=np.int64)
    return Presence(terms, csr_array((np.ones(len(indices)), indices, ends), shape=(len(texts), len(terms))))
