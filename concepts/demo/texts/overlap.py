"""The words that a concept of the harbour's report marks, over the phrase that was planted."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from concepts.data.documents.words import word_spans
from concepts.demo.language import DrawnText, Span
from concepts.demo.texts.listing import truth_of
from concepts.report.rendering.overlay import THRESHOLD
from concepts.report.rows import MarkedSpan

PHRASE_ALONE, CONCEPT_ALONE, BOTH, NEITHER = "phrase", "concept", "both", ""


@dataclass(frozen=True)
class OverlapPart:
    """Characters of a text and whose they are: PHRASE_ALONE, CONCEPT_ALONE, BOTH or NEITHER."""

    text: str
    owner: str


@dataclass(frozen=True)
class TextOverlap:
    """A text in parts, which together are its characters; iou: of both sets of words, in [0, 1], 0 for two empty."""

    name: str
    parts: tuple[OverlapPart, ...]
    iou: float


def text_overlaps(names: Sequence[str], marks: Sequence[Sequence[MarkedSpan]]) -> list[TextOverlap]:
    """Listed sentences of the village with their planted phrase and the words of a concept, its strong marks in each.

    Raises ValueError for a name outside the demo.
    """
    return [_overlap(name, drawn, own) for name, drawn, own in zip(names, truth_of(names), marks, strict=True)]


def _overlap(name: str, drawn: DrawnText, marks: Sequence[MarkedSpan]) -> TextOverlap:
    phrase, strong = [drawn.planted] if drawn.planted else [], strong_marks(marks)
    words = word_spans(drawn.text)
    owners = [_owner(_inside(word, phrase), _inside(word, strong)) for word in words]
    shared, either = owners.count(BOTH), sum(owner != NEITHER for owner in owners)
    return TextOverlap(name, _parts(drawn.text, words, owners), shared / max(either, 1))


def mean_share(found: Sequence[TextOverlap]) -> float:
    """The mean of their intersections over unions; 0 for no text."""
    return sum(each.iou for each in found) / max(len(found), 1)


def strong_marks(marks: Sequence[MarkedSpan]) -> list[MarkedSpan]:
    """The marks of at least half of the largest weight in a text, as the line in a photo; [] where none raises."""
    peak = max((mark.weight for mark in marks), default=0.0)
    return [mark for mark in marks if mark.weight > 0 and mark.weight >= THRESHOLD * peak]


def _inside(word: tuple[int, int], spans: Sequence[Span | MarkedSpan]) -> bool:
    return any(span.start < word[1] and word[0] < span.stop for span in spans)


def _owner(of_phrase: bool, of_concept: bool) -> str:
    if of_phrase:
        return BOTH if of_concept else PHRASE_ALONE
    return CONCEPT_ALONE if of_concept else NEITHER


def _parts(text: str, words: Sequence[tuple[int, int]], owners: Sequence[str]) -> tuple[OverlapPart, ...]:
    """Runs of one owner; what stands between two words of it belongs to it, too."""
    pieces, end, before = list[OverlapPart](), 0, NEITHER
    for (start, stop), owner in zip(words, owners, strict=True):
        between = owner if owner == before else NEITHER
        pieces += [OverlapPart(text[end:start], between), OverlapPart(text[start:stop], owner)]
        end, before = stop, owner
    pieces.append(OverlapPart(text[end:], NEITHER))
    runs = groupby((piece for piece in pieces if piece.text), key=lambda piece: piece.owner)
    return tuple(OverlapPart("".join(piece.text for piece in run), owner) for owner, run in runs)
