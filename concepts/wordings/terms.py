"""The terms of a text that are counted: words, marks between them, phrases."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from concepts.data.documents.words import word_spans

Splitter = Callable[[str], list[str]]


def words_and_marks(text: str) -> list[str]:
    """The words, and each visible character between them, in order, in lower case (casefold)."""
    terms, end = [], 0
    for start, stop in word_spans(text):
        terms += _marks(text[end:start])
        terms.append(text[start:stop].casefold())
        end = stop
    return terms + _marks(text[end:])


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
    is_word = [any(character.isalnum() for character in term) for term in terms]
    for start in range(len(terms)):
        yield terms[start]
        for stop in range(start + 2, min(start + longest, len(terms)) + 1):
            if not all(is_word[start:stop]):
                break
            yield " ".join(terms[start:stop])


def _marks(between: str) -> list[str]:
    return [character for character in between if not character.isspace()]
