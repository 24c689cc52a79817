"""A text as words and punctuation marks with their characters, and a closed vocabulary for them."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor

PADDING, UNKNOWN = 0, 1  # ids without a word: no token; a word that the vocabulary does not have
FIRST = 2  # the id of the first word
WORD = re.compile(r"\w+(?:['’]\w+)*|[^\w\s]")


@dataclass(frozen=True)
class Word:
    """A word or a punctuation mark, in lower case, and its characters start … stop − 1 of the text."""

    text: str
    start: int
    stop: int


def words_of(text: str) -> list[Word]:
    """The words and punctuation marks of a text in order; blanks and line ends are no words.

    A word may hold apostrophes ("don't"). Works for scripts that put blanks or marks between words.
    """
    return [Word(found.group().lower().replace("’", "'"), *found.span()) for found in WORD.finditer(text)]


@dataclass(frozen=True)
class Vocabulary:
    """A closed list of words: the id of words[i] is i + 2."""

    words: tuple[str, ...]

    @classmethod
    def of(cls, texts: Iterable[str]) -> "Vocabulary":
        """All words of these texts, sorted."""
        return cls(tuple(sorted({word.text for text in texts for word in words_of(text)})))

    def __len__(self) -> int:
        """The number of ids, those without a word included."""
        return FIRST + len(self.words)

    def id_of(self, word: str) -> int:
        """The id of a word in lower case; UNKNOWN for a word that is not there."""
        return self._ids.get(word, UNKNOWN)

    def ids(self, text: str) -> list[int]:
        """The ids of a text's words, in order."""
        return [self.id_of(word.text) for word in words_of(text)]

    @cached_property
    def _ids(self) -> dict[str, int]:
        return {word: FIRST + i for i, word in enumerate(self.words)}


def collated(ids: Sequence[Sequence[int]]) -> "tuple[Tensor, Tensor]":
    """(n, t) int64 ids of n texts, padded right, and (n, t) their mask: 1 for a word, 0 for padding."""
    import torch

    longest = max((len(each) for each in ids), default=0)
    padded = torch.tensor([[*each, *[PADDING] * (longest - len(each))] for each in ids], dtype=torch.int64)
    lengths = torch.tensor([len(each) for each in ids])
    return padded, (torch.arange(longest) < lengths[:, None]).long()
