"""Typed words, as far as a list of words knows them: what is known, and what is near the others."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Self

NEAR = 3  # words that are like an unknown one
TOLD, LONGEST = 5, 60  # unknown words in a sentence; characters of one


@dataclass(frozen=True)
class TypedWords:
    """known: words as the list writes them, each once. sentence: what is not known, and what is near; else ""."""

    known: tuple[str, ...] = ()
    sentence: str = ""

    @classmethod
    def of(cls, typed: Iterable[str], words: Mapping[str, str]) -> Self:
        """Case and spaces do not count. words: in lower case → as written."""
        folded = [" ".join(word.split()) for word in typed]
        known = dict.fromkeys(words[word.casefold()] for word in folded if word.casefold() in words)
        unknown = list(dict.fromkeys(word for word in folded if word and word.casefold() not in words))
        return cls(tuple(known), _sentence(unknown, words))


def _sentence(unknown: Sequence[str], words: Mapping[str, str]) -> str:
    told = []
    for word in unknown[:TOLD]:
        near = near_words(word, words)
        told.append(_shown(word) + (f" (near it: {', '.join(near)})" if near else ""))
    more = f" and {len(unknown) - TOLD:,} more" if len(unknown) > TOLD else ""
    return f"Not in this lexicon: {', '.join(told)}{more}." if told else ""


def near_words(word: str, words: Mapping[str, str]) -> tuple[str, ...]:
    """The words that are spelled most alike. words: in lower case → as written."""
    return tuple(words[each] for each in get_close_matches(word.casefold()[:LONGEST], words, n=NEAR))


def by_lower_case(words: Sequence[str]) -> dict[str, str]:
    """Word in lower case → as written; of two that differ by case alone the first."""
    return {word.casefold(): word for word in reversed(words)}


def _shown(word: str) -> str:
    return word if len(word) <= LONGEST else word[: LONGEST - 1] + "…"
