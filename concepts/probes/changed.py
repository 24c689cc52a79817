"""Which words of a text a change put in, and which it took out."""

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from concepts.data.documents.words import word_spans

MOST = 0.5  # of the words of either text: where more changed, no word stands out
Span = tuple[int, int]


def changed_spans(before: str, after: str) -> tuple[tuple[Span, ...], tuple[Span, ...]]:
    """The words of `before` that are not kept, and those of `after` that are new, as characters from start to stop.

    Found by the longest runs of equal words in order. Both are empty where more than half of the words of either text
    changed, as by another order or case.
    """
    old, new = word_spans(before), word_spans(after)
    matcher = SequenceMatcher(None, _words(before, old), _words(after, new), autojunk=False)
    runs = [run for run in matcher.get_opcodes() if run[0] != "equal"]
    out = tuple(_spans(old, [(first, last) for _, first, last, _, _ in runs]))
    into = tuple(_spans(new, [(first, last) for _, _, _, first, last in runs]))
    if len(out) > MOST * len(old) or len(into) > MOST * len(new):
        return (), ()
    return out, into


def _words(text: str, spans: Sequence[Span]) -> list[str]:
    return [text[start:stop] for start, stop in spans]


def _spans(spans: Sequence[Span], runs: Sequence[tuple[int, int]]) -> Iterator[Span]:
    for first, last in runs:
        yield from spans[first:last]
