"""The terms of a text that are counted: words, marks between them, phrases."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from concepts.data.documents.words import ASCII, widened, word_spans

Splitter = Callable[[str], list[str]]
ASCII_TERMS = re.compile(rf"{ASCII.pattern}|\S")  # `words_and_marks` of plain text in one go
RUN = re.compile(r"\S+")


def words_and_marks(text: str) -> list[str]:
    """The words, and each visible character between them, in order, in lower case (casefold)."""
    if text.isascii():
        return ASCII_TERMS.findall(text.lower())
    terms, end = [], 0
    for start, stop in word_spans(text):
        terms += _marks(text[end:start])
        terms.append(text[start:stop].casefold())
        end = stop
    return terms + _marks(text[end:])


def is_mark(term: str) -> bool:
    """Whether a term of `words_and_marks` is a mark between words; the emoji that count as words are none."""
    return not word_spans(term)


def mark_runs(text: str) -> list[tuple[int, int]]:
    """The runs of visible characters between words as (start, stop) in characters, in order, of whole clusters."""
    found, end = [], 0
    for start, stop in (*word_spans(text), (len(text), len(text))):
        found += [(end + run.start(), end + run.end()) for run in RUN.finditer(text[end:start])]
        end = stop
    return list(widened(text, tuple(found)))


def words_between_spaces(text: str) -> list[str]:
    """What stands between white space, in lower case (casefold): for texts whose marks are already set apart."""
    return text.casefold().split()


SPLITTERS: Mapping[str, Splitter] = {"words": words_and_marks, "spaces": words_between_spaces}


def splitter(name: str) -> Splitter:
    """The way of splitting of this name. Raises ValueError for another name."""
    if name not in SPLITTERS:
        raise ValueError(f"texts are split by {name!r}: choose one of {', '.join(SPLITTERS)}")
    return SPLITTERS[name]


def phrases(terms: Sequence[str], longest: int) -> Iterator[str]:
    """Each run of one to `longest` terms, a space between them; a run of two or more holds no mark."""
    if longest == 1:
        yield from terms
        return
    is_word = [term.isalnum() or any(character.isalnum() for character in term) for term in terms]
    if longest == 2:  # the usual case, without a loop for each term
        yield from terms
        pairs = zip(terms, terms[1:], is_word, is_word[1:], strict=False)
        yield from (f"{one} {other}" for one, other, is_first, is_second in pairs if is_first and is_second)
        return
    for start in range(len(terms)):
        yield terms[start]
        for stop in range(start + 2, min(start + longest, len(terms)) + 1):
            if not all(is_word[start:stop]):
                break
            yield " ".join(terms[start:stop])


def _marks(between: str) -> list[str]:
    return [character for character in between if not character.isspace()]
