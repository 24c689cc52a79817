"""Changes that need no language: order, case, punctuation, length."""

import unicodedata

import numpy as np

from concepts.data.documents.words import word_spans
from concepts.probes.probe import Probe


def shuffled(text: str, rng: np.random.Generator) -> str | None:
    """The words in another order; marks and spaces stay. None for fewer than two different words."""
    spans = word_spans(text)
    words = [text[start:stop] for start, stop in spans]
    if len(set(words)) < 2:
        return None
    order = rng.permutation(len(words)).tolist()
    while [words[i] for i in order] == words:
        order = rng.permutation(len(words)).tolist()
    return with_words(text, spans, [words[i] for i in order])


def with_words(text: str, spans: tuple[tuple[int, int], ...], words: list[str]) -> str:
    """The text with these words in the places of the spans, which are in order."""
    parts, end = [], 0
    for (start, stop), word in zip(spans, words, strict=True):
        parts += [text[end:start], word]
        end = stop
    return "".join([*parts, text[end:]])


def without_punctuation(text: str, rng: np.random.Generator) -> str | None:
    """The text without the punctuation between its words, one space where it stood: Unicode's P, and Sk, which holds
    the grave accents that are written as quotation marks; signs such as $ and + stay.
    """
    parts, end = [], 0
    for start, stop in (*word_spans(text), (len(text), len(text))):
        parts += [_spaces_for_punctuation(text[end:start]), text[start:stop]]
        end = stop
    bare = "".join(parts)
    return " ".join(bare.split()) if bare != text else None


def _spaces_for_punctuation(between: str) -> str:
    return "".join(" " if _is_punctuation(character) else character for character in between)


def _is_punctuation(character: str) -> bool:
    category = unicodedata.category(character)
    return category.startswith("P") or category == "Sk"


def cut(n_words: int) -> Probe:
    """Texts end after so many words. Raises ValueError for fewer than one."""
    if n_words < 1:
        raise ValueError(f"texts cut at {n_words} words, expected at least 1: nothing would be left")

    def change(text: str, rng: np.random.Generator) -> str | None:
        spans = word_spans(text)
        return text[: spans[n_words - 1][1]] if len(spans) > n_words else None

    return Probe(f"cut at {n_words} words", f"The text ends after {n_words} words.", change)


SHUFFLE = Probe("words shuffled", "The words are put in another order; marks stay where they are.", shuffled)
LOWER = Probe("lower case", "All letters are made small.", lambda text, rng: text.lower())
UPPER = Probe("upper case", "All letters are made large.", lambda text, rng: text.upper())
NO_PUNCTUATION = Probe("no punctuation", "The marks between words are taken out.", without_punctuation)
