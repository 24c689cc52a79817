"""A text's sentences as spans of characters, by rules that need no download and no language to be told."""

from collections.abc import Iterator
from itertools import pairwise

import regex

from concepts.data.documents.abbreviations import BEFORE_MORE, BEFORE_NAMES, BEFORE_NUMBERS, STARTERS
from concepts.data.documents.words import Spans

WRAPPED = 50  # characters: a longer line may go on in the next one
LOOKED_BACK = 24  # characters in which the word before a point is looked for
MARK = r"[\p{Grapheme_Cluster_Break=Extend}\p{Grapheme_Cluster_Break=SpacingMark}\p{Grapheme_Cluster_Break=ZWJ}]"
STOP = regex.compile(
    rf"""(?:[\p{{Sentence_Terminal}}…]{MARK}*)+
    (?P<closers>(?:[\p{{Pe}}\p{{Pf}}"'*_]{MARK}*)*(?:\p{{Pi}}(?!\S)|[\x20\u00a0\u202f]»(?!\S))?)""",
    regex.V1 | regex.VERBOSE,
)
MARKED_SPACE = regex.compile(rf"[^\S\p{{Grapheme_Cluster_Break=Control}}\r\n]{MARK}")

SPACED = frozenset(".!?…")  # these end a sentence before a space only; other terminators anywhere
LINE_BREAK = regex.compile(r"\r\n|[\n\r\v\f\x85\u2028\u2029]")
LINE_END = regex.compile(rf"(?:{LINE_BREAK.pattern})\s*")
ITEM = regex.compile(r"[-*•·–—▪◦‣]\s|\(?(?:\d{1,3}|\p{L})[.)]\s")  # of a list, at the start of a line
NO_POINTS = regex.compile(r"[\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]")  # scripts in which a line is a sentence
NUMBER = regex.compile(r"\(?(?:\d{1,3}|\p{L})")
LAST_WORD = regex.compile(r"(?r)[\p{L}\p{M}\p{N}.’'-]+\Z")
INITIALS = regex.compile(r"(?:\p{Lu}\.)+(?:-?\p{Lu}\.)*|\p{Lu}\p{M}*\.")
NEXT_WORD = regex.compile(r"[\s\p{Ps}\p{Pi}\p{Pf}\"'¿¡*_]*(?P<word>[\p{L}\p{M}\p{N}’']*)")
CAPITAL = regex.compile(r"\p{Lu}")
CONTENT = regex.compile(r"[\p{L}\p{N}]")


def sentences(text: str) -> Spans:
    """The sentences as (start, stop) in characters, in order and disjoint; all visible characters are in one of them.

    A sentence ends

    - behind a terminator of any script (Unicode's Sentence_Terminal: 。！？ ؟ । ።…) and the quotes and brackets that
      close behind it, unless a word follows such a quote directly (「雨だ。」と言った);
    - behind . ! ? … only before white space. Not behind the point of an abbreviation before names (Dr., vs.) or
      numbers (No. 5), of an initial, letters, a company or a month (J. Smith, U.S., Inc., Oct.) unless a usual first
      word follows (He, The …), nor of a number at the start (1. First). Not where the next word begins with a small
      letter: behind an ellipsis, and in texts with any capital also behind a point or a quote that closes;
    - at a blank line; at the end of a line of fewer than 50 characters, since longer ones may be wrapped; before an
      item of a list; in Thai, Lao, Khmer and Burmese at each line, which have no terminator, or none in common use.

    What holds no letter and no digit belongs to the sentence before it, at the start to the one behind it.
    """
    edges = sorted({0, *_stops(text), *_line_ends(text), len(text)})
    return _joined(text, [_trimmed(text, *pair) for pair in pairwise(edges)])


def _stops(text: str) -> Iterator[int]:
    """Where terminators end a sentence."""
    has_capitals = CAPITAL.search(text) is not None
    start = 0
    for found in STOP.finditer(text):
        if _ends(text, start, found, has_capitals):
            start = found.end()
            yield start


def _ends(text: str, start: int, found: "regex.Match[str]", has_capitals: bool) -> bool:
    signs = text[found.start() : found.start("closers")]
    after = text[found.end() : found.end() + 1]
    if not SPACED.issuperset(signs):
        return not (found["closers"] and CONTENT.match(after))
    if after and not after.isspace():
        return False
    word = _next_word(text, found.end())
    pause = signs != "." and set(signs) <= {".", "…"}
    if word[:1].islower() and (pause or (has_capitals and (found["closers"] or signs == "."))):
        return False
    return signs != "." or bool(found["closers"]) or not _is_abbreviation(text, start, found.start(), word)


def _is_abbreviation(text: str, start: int, point: int, following: str) -> bool:
    """Whether the point at `point` is that of an abbreviation or a number inside the sentence that began at `start`."""
    before = text[max(start, point - LOOKED_BACK) : point]
    found = LAST_WORD.search(before)
    word = "" if found is None else found[0]
    if NUMBER.fullmatch(LINE_BREAK.split(before.lstrip())[-1].strip()) is not None:
        return True
    if INITIALS.fullmatch(f"{word}.") is not None or word.casefold() in BEFORE_MORE:
        return word != "I" and following not in STARTERS
    return word.casefold() in (BEFORE_NUMBERS if following[:1].isdecimal() else BEFORE_NAMES)


def _next_word(text: str, start: int) -> str:
    found = NEXT_WORD.match(text, start)
    return "" if found is None else found["word"]


def _line_ends(text: str) -> Iterator[int]:
    """Where a line break ends a sentence."""
    before = 0
    for found in LINE_END.finditer(text):
        line, after = text[before : found.start()], found.end()
        short = len(line.strip()) < WRAPPED
        if short or _is_blank(found[0]) or ITEM.match(text, after) or NO_POINTS.search(line):
            yield found.start()
        before = after


def _is_blank(gap: str) -> bool:
    """Whether a paragraph ends in this white space."""
    return len(LINE_BREAK.findall(gap)) > 1 or "\f" in gap or "\u2029" in gap


def _trimmed(text: str, start: int, stop: int) -> tuple[int, int]:
    piece = text[start:stop]
    first = start + len(piece) - len(piece.lstrip())
    if first > start and MARKED_SPACE.match(text, first - 1):
        first -= 1  # the space carries a mark: one grapheme cluster
    return first, start + len(piece.rstrip())


def _joined(text: str, pieces: list[tuple[int, int]]) -> Spans:
    """The pieces, those without a letter or digit joined to the one before, or behind at the start."""
    found: list[tuple[int, int]] = []
    for start, stop in pieces:
        if start >= stop:
            continue
        if found and not (CONTENT.search(text, start, stop) and CONTENT.search(text, *found[-1])):
            start = found.pop()[0]
        found.append((start, stop))
    return tuple(found)
