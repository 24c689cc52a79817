"""The words of a text as spans of characters."""

import re

WORD = re.compile(r"\w+(?:['’]\w+)*")


def word_spans(text: str) -> tuple[tuple[int, int], ...]:
    """(start, stop) of each word, in order: runs of letters, digits and underscores; apostrophes inside are kept."""
    return tuple(found.span() for found in WORD.finditer(text))
