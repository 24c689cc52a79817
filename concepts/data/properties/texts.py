"""Properties that are measured of a text as a whole: its length, its marks, its letters."""

import unicodedata
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from concepts.data.documents.words import word_spans


@dataclass(frozen=True)
class TextProperties:
    """Counts, and shares in [0, 1]; NaN where a text has no words, or no letters.

    length: characters without white space at the ends. capitals: share of letters that are upper case. digits: share of
    visible characters. beyond_ascii: the same.
    """

    length: float
    words: float
    word_length: float
    capitals: float
    digits: float
    question_marks: float
    exclamation_marks: float
    punctuation: float
    beyond_ascii: float
    lines: float


def text_properties_of(text: str) -> TextProperties:
    """The measured properties of a text. punctuation: marks a word."""
    stripped = text.strip()
    words = [stop - start for start, stop in word_spans(stripped)]
    found = [(n, _character(each)) for each, n in Counter(stripped).items()]
    seen = [(n, each) for n, each in found if each.is_visible]
    n_seen, letters = sum(n for n, _ in seen), sum(n for n, each in seen if each.is_letter)
    return TextProperties(
        length=len(stripped),
        words=len(words),
        word_length=_ratio(sum(words), len(words)),
        capitals=_ratio(sum(n for n, each in seen if each.is_letter and each.is_capital), letters),
        digits=_ratio(sum(n for n, each in seen if each.is_digit), n_seen),
        question_marks=stripped.count("?"),
        exclamation_marks=stripped.count("!"),
        punctuation=_ratio(sum(n for n, each in seen if each.is_mark), len(words)),
        beyond_ascii=_ratio(sum(n for n, each in seen if each.is_beyond_ascii), n_seen),
        lines=stripped.count("\n") + 1,
    )


class _Character(NamedTuple):
    """What one character is."""

    is_visible: bool
    is_letter: bool
    is_capital: bool
    is_digit: bool
    is_mark: bool
    is_beyond_ascii: bool


@lru_cache(maxsize=10_000)  # texts have few different ones
def _character(each: str) -> _Character:
    is_mark = unicodedata.category(each).startswith("P")
    return _Character(not each.isspace(), each.isalpha(), each.isupper(), each.isdigit(), is_mark, not each.isascii())


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole else float("nan")
