"""Tokens of many photos (or words of many texts) in one sequence, ready to be counted."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Self

import numpy as np

if TYPE_CHECKING:
    from scipy.sparse import csr_array

BLANK = -1  # a position where no concept is active
FEW = 2**20  # maximum size of a lookup table of names
LONGEST = 3  # maximum run length counted as one word


@dataclass(frozen=True)
class Corpus:
    """N tokens in order, photo after photo: `tokens` (N,) in 0 … n_types − 1, `photo` (N,) in 0 … n_photos − 1.

    follows (N,) bool: the token is directly to the right of the previous one, in the same row of the same photo.
    A blank position is not a word: it is left out everywhere, and the token to its right follows nothing.
    """

    tokens: np.ndarray
    photo: np.ndarray
    follows: np.ndarray
    n_photos: int
    n_types: int

    @classmethod
    def of(cls, sequences: Sequence[np.ndarray], n_types: int) -> Self:
        """The corpus of one int array per photo, (T,) or (h, w): rows are the last dimension. −1 is blank.

        Raises ValueError for no photo, no token that is not blank, or a token outside the vocabulary.
        """
        arrays = [np.atleast_2d(np.asarray(each)) for each in sequences]
        if not arrays:
            raise ValueError("no photos to read: give at least one sequence of tokens")
        for place, each in enumerate(arrays):
            _check(each, place, n_types)
        tokens = np.concatenate([each.ravel() for each in arrays]).astype(np.int64)
        photo = np.repeat(np.arange(len(arrays)), [each.size for each in arrays])
        follows = np.concatenate([_not_first(each) for each in arrays])
        said = tokens != BLANK
        if not said.any():
            raise ValueError("every position is blank: no concept is active anywhere")
        follows[1:] &= said[:-1]
        return cls(tokens[said], photo[said], follows[said], len(arrays), n_types)

    def __len__(self) -> int:
        return len(self.tokens)

    def shuffled(self, generator: np.random.Generator) -> Self:
        """The control: the same tokens at the same positions, shuffled across all photos."""
        return replace(self, tokens=generator.permutation(self.tokens))

    @cached_property
    def counts(self) -> "csr_array":
        """(n_photos, n_types), sparse: the count of each type in each photo."""
        from scipy.sparse import csr_array

        ones = np.ones(len(self))
        return csr_array((ones, (self.photo, self.tokens)), shape=(self.n_photos, self.n_types))

    def totals(self) -> np.ndarray:
        """(n_types,): the count of each type."""
        return np.bincount(self.tokens, minlength=self.n_types)

    def runs(self, length: int) -> Self:
        """All runs of `length` neighbours as a corpus, types numbered as they occur; runs overlap.

        Raises ValueError for a length that is not 1 to 3, or when no row contains a run.
        """
        if length == 1:
            return self
        if not 1 <= length <= LONGEST:
            raise ValueError(f"runs of {length} tokens: choose 1 to {LONGEST}")
        starts = self.run_starts(length)
        if not len(starts):
            raise ValueError(f"no row holds {length} tokens beside each other")
        name = np.zeros(len(starts), np.int64)
        for step in range(length):
            name = name * self.n_types + self.tokens[starts + step]
        tokens, n_types = _numbered(name, self.n_types**length)
        return type(self)(tokens, self.photo[starts], np.zeros(len(starts), bool), self.n_photos, n_types)

    def run_starts(self, length: int) -> np.ndarray:
        """Start positions of the runs of `length` neighbours: indices into `tokens`."""
        last = len(self) - length + 1
        whole = np.ones(max(last, 0), bool)
        for step in range(1, length):
            whole &= self.follows[step : step + last]
        return np.flatnonzero(whole)


def _numbered(names: np.ndarray, n_names: int) -> tuple[np.ndarray, int]:
    """Names from 0 to n_names − 1 renumbered as 0 … m − 1 in their order, and m, the number in use."""
    if n_names > FEW:
        kinds, tokens = np.unique(names, return_inverse=True)
        return tokens, len(kinds)
    used = np.bincount(names, minlength=n_names) > 0  # without sorting them
    return (np.cumsum(used) - 1)[names], int(used.sum())


def _not_first(rows: np.ndarray) -> np.ndarray:
    follows = np.ones(rows.shape, bool)
    follows[:, :1] = False
    return follows.ravel()


def _check(tokens: np.ndarray, place: int, n_types: int) -> None:
    if tokens.size and not np.issubdtype(tokens.dtype, np.integer):
        raise ValueError(f"the tokens of photo {place} are {tokens.dtype}: whole numbers are needed")
    if tokens.size and not (tokens.min() >= BLANK and tokens.max() < n_types):
        raise ValueError(
            f"photo {place} holds token {int(tokens.max() if tokens.max() >= n_types else tokens.min())}: the "
            f"vocabulary has {n_types} words, numbered from 0; −1 means blank"
        )
