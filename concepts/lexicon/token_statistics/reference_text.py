"""Real text for comparison with the visual tokens: one document per line, words as tokens."""

import re
from dataclasses import dataclass

import numpy as np

from concepts.lexicon.token_statistics.corpus import Corpus

LIMIT = 5_000_000  # maximum size of a text in bytes
WORD = re.compile(r"\w+(?:['’-]\w+)*")
SELDOM = 0.05  # share of documents: words in fewer, or missing in fewer, allow no statement about association


@dataclass(frozen=True)
class Text:
    """Documents as tokens: `tokens`, one int32 array per document; `vocabulary`, word by number; `name` for display."""

    name: str
    tokens: tuple[np.ndarray, ...]
    vocabulary: tuple[str, ...]


def read_text(content: bytes, *, name: str) -> Text:
    """The words of a UTF-8 text in lower case, without punctuation; lines without a word are left out.

    Raises ValueError for more than 5 MB, for bytes that are not UTF-8 (with the line) and for a text without words.
    """
    if len(content) > LIMIT:
        raise ValueError(f"the text has {len(content):,} bytes, at most {LIMIT:,} are read: take a part of it")
    try:
        lines = content.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ValueError(f"line {line} of the text is not UTF-8: save it as UTF-8") from error
    return of_lines(lines, name=name)


def of_lines(lines: list[str], *, name: str) -> Text:
    """The text of lines that are already decoded."""
    places: dict[str, int] = {}
    documents = [
        np.array([places.setdefault(word, len(places)) for word in WORD.findall(line.lower())], np.int32)
        for line in lines
    ]
    found = tuple(document for document in documents if len(document))
    if not found:
        raise ValueError("the text holds no words: one document a line is read")
    return Text(name, found, tuple(places))


def telling_words(text: Text) -> tuple[tuple[str, ...], np.ndarray]:
    """The words that some documents contain and some do not, and (n, L) of 0 and 1: which document contains which."""
    there = (Corpus.of(text.tokens, len(text.vocabulary)).counts.toarray() > 0).astype(float)
    share = there.mean(axis=0)
    kept = np.flatnonzero((share >= SELDOM) & (share <= 1 - SELDOM))
    return tuple(text.vocabulary[word] for word in kept), there[:, kept]
