"""A piece of a text with its words marked, as the macros show it."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from concepts.rendering.pictures import Picture

WINDOW = 240  # characters of an excerpt
BEFORE = 0.4  # of the window, that lies before the heaviest span
FAINT = 0.1  # of the largest weight: a lighter span is not marked


class Span(Protocol):
    """Characters of a text with a weight."""

    @property
    def start(self) -> int: ...
    @property
    def stop(self) -> int: ...
    @property
    def weight(self) -> float: ...


@dataclass(frozen=True)
class Part:
    """Characters that follow each other. weight: in [−1, 1], 0 where they are not marked."""

    text: str
    weight: float = 0.0
    note: str = ""  # shown when it is pointed at

    @property
    def strength(self) -> int:
        """The weight's size in percent."""
        return round(100 * abs(self.weight))


@dataclass(frozen=True)
class Excerpt:
    """A piece of a text: its parts in order, which together are its characters. label: the text's name, read aloud.

    before, after: whether the text goes on. href: the target of a click on it; badge: a few words shown on it.
    """

    parts: tuple[Part, ...]
    label: str
    caption: str = ""
    href: str = ""
    badge: str = ""
    before: bool = False
    after: bool = False

    @property
    def shown(self) -> bool:
        """True, as for a picture that is not missing."""
        return True

    @property
    def text(self) -> str:
        """The shown characters, without marks."""
        return "".join(part.text for part in self.parts)


Tile = Picture | Excerpt  # what is shown of an item, or of a place in it


def excerpt(
    text: str, label: str, *, spans: Sequence[Span] = (), caption: str = "", href: str = "", badge: str = "",
    window: int = WINDOW, notes: Mapping[tuple[int, int], str] | None = None,
) -> Excerpt:  # fmt: skip
    """A text as an excerpt of at most about `window` characters, around its heaviest span; whole where it is shorter.

    Weights are shown as shares of the largest magnitude; spans beyond the text, or that overlap, are cut. notes: by
    start and stop of a span, what is said of it where it is pointed at.
    """
    inside = [span for span in spans if span.stop <= len(text) and math.isfinite(span.weight)]
    largest = max((abs(span.weight) for span in inside), default=0.0)
    heaviest = max(inside, key=lambda span: span.weight, default=None)
    start, stop = _window(text, heaviest.start if heaviest else 0, window)
    said = notes or {}
    marked = [
        (s.start, s.stop, s.weight / largest, said.get((s.start, s.stop), ""))
        for s in inside
        if largest and abs(s.weight) >= FAINT * largest
    ]
    return Excerpt(
        tuple(_parts(text, start, stop, marked)), label, caption, href, badge,
        before=start > 0, after=stop < len(text),
    )  # fmt: skip


def _window(text: str, centre: int, size: int) -> tuple[int, int]:
    """The first and last + 1 character of a window around `centre`, at spaces where there are some."""
    if len(text) <= size:
        return 0, len(text)
    start = max(0, min(centre - round(BEFORE * size), len(text) - size))
    stop = min(len(text), start + size)
    if start and (space := text.find(" ", start, min(start + size // 4, max(start, centre)))) >= 0:
        start = space + 1
    if stop < len(text) and (space := text.rfind(" ", stop - size // 4, stop)) > centre:
        stop = space
    return start, stop


def _parts(text: str, start: int, stop: int, marked: Iterable[tuple[int, int, float, str]]) -> Iterable[Part]:
    """The characters from start to stop, marked and not; neighbouring marked spans stay apart."""
    at = start
    for first, last, weight, note in sorted(marked):
        first, last = max(first, at), min(last, stop)
        if first >= last:
            continue
        if first > at:
            yield Part(text[at:first])
        yield Part(text[first:last], weight, note)
        at = last
    if at < stop:
        yield Part(text[at:stop])
