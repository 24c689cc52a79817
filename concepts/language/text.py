"""Real text beside the visual tokens: one document a line, words as tokens."""

import re
from dataclasses import dataclass

import numpy as np

LIMIT = 5_000_000  # bytes of a text
WORD = re.compile(r"\w+(?:['’-]\w+)*")
CAPTIONS = 15  # pictures of each class of the demo whose captions are read


@dataclass(frozen=True)
class Text:
    """Documents as tokens: `tokens`, one int32 array a document; `vocabulary`, word by number; `name` to show."""

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
    """The same of lines that are text already."""
    places: dict[str, int] = {}
    documents = [
        np.array([places.setdefault(word, len(places)) for word in WORD.findall(line.lower())], np.int32)
        for line in lines
    ]
    found = tuple(document for document in documents if len(document))
    if not found:
        raise ValueError("the text holds no words: one document a line is read")
    return Text(name, found, tuple(places))


def demo_captions(*, per_class: int = CAPTIONS) -> Text:
    """What the demo says of its own pictures, so many of each class; drawn to be described, none is kept."""
    from concepts.demo.world import CLASS_NAMES, draw

    lines = [draw(name, index).caption for name in CLASS_NAMES for index in range(per_class)]
    return of_lines(lines, name="captions of the demo's pictures")
