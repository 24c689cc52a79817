"""Properties that are measured of a text as a whole: its length, its marks, its letters."""

import unicodedata
from dataclasses import dataclass

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
    seen = [c for c in stripped if not c.isspace()]
    letters = [c for c in seen if c.isalpha()]
    marks = sum(unicodedata.category(c).startswith("P") for c in seen)
    return TextProperties(
        length=len(stripped),
        words=len(words),
        word_length=_ratio(sum(words), len(words)),
        capitals=_ratio(sum(c.isupper() for c in letters), len(letters)),
        digits=_ratio(sum(c.isdigit() for c in seen), len(seen)),
        question_marks=stripped.count("?"),
        exclamation_marks=stripped.count("!"),
        punctuation=_ratio(marks, len(words)),
        beyond_ascii=_ratio(sum(not c.isascii() for c in seen), len(seen)),
        lines=stripped.count("\n") + 1,
    )


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole else float("nan")
