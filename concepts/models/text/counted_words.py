"""The words that a bag of words counts in a text, with their characters."""

import re
from collections.abc import Callable, Mapping
from typing import Any, Protocol, TypeGuard

from concepts.models.text.reading import TextPieces

WORD = re.compile(r"\w+")
NOT_COUNTED = -1  # the id of a word that has no column of its own


class Vectorizer(Protocol):
    """The used part of CountVectorizer, TfidfVectorizer and HashingVectorizer."""

    analyzer: str | Callable[[str], list[str]]
    tokenizer: Callable[[str], list[str]] | None
    token_pattern: str | None

    def build_preprocessor(self) -> Callable[[str], str]: ...
    def get_stop_words(self) -> frozenset[str] | None: ...


def vectorizer_of(steps: list[tuple[str, Any]]) -> Vectorizer | None:
    """The first step that counts words; None where there is none (a union of several, a function)."""
    return next((step for _, step in steps if _counts(step)), None)


def counted_words(text: str, vectorizer: Vectorizer | None) -> TextPieces:
    """The words of a text that the vectorizer counts: their columns where they have one, and their characters.

    Its own pattern and lower case decide what is a word; words on its stop list, and words that it has never seen, are
    left out. Where it counts characters, or has a tokenizer of its own, all runs of letters and digits are words.
    """
    if vectorizer is None or vectorizer.analyzer != "word" or vectorizer.tokenizer is not None:
        spans = tuple(match.span() for match in WORD.finditer(text))
        return TextPieces((NOT_COUNTED,) * len(spans), spans)
    form = _form(text, vectorizer.build_preprocessor())
    stopped = vectorizer.get_stop_words() or frozenset()
    columns: Mapping[str, int] | None = getattr(vectorizer, "vocabulary_", None)
    found = []
    for match in re.finditer(vectorizer.token_pattern or WORD, form):
        place = 1 if match.re.groups else 0
        word = match.group(place)
        if word not in stopped and (columns is None or _seen(word, columns, vectorizer)):
            found.append(((columns or {}).get(word, NOT_COUNTED), match.span(place)))
    return TextPieces(tuple(column for column, _ in found), tuple(span for _, span in found))


def _form(text: str, preprocess: Callable[[str], str]) -> str:
    """The text as the vectorizer reads it; character by character where it would change its length."""
    form = preprocess(text)
    if len(form) == len(text):
        return form
    each = [preprocess(character) for character in text]
    return "".join(new if len(new) == 1 else old for old, new in zip(text, each, strict=True))


def _seen(word: str, columns: Mapping[str, int], vectorizer: Vectorizer) -> bool:
    """Whether a word has a column; with phrases only, each word may be part of one."""
    return word in columns or getattr(vectorizer, "ngram_range", (1, 1))[0] > 1


def _counts(step: object) -> "TypeGuard[Vectorizer]":
    return hasattr(step, "build_analyzer") and hasattr(step, "token_pattern")
