"""The words of a text as spans of characters, in any script."""

import re
from bisect import bisect_left, bisect_right

import regex

Spans = tuple[tuple[int, int], ...]

# Scripts whose words are not told apart by spaces, beside Han and the two kana: runs of theirs are phrases.
RUNS = r"[[\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}\p{Tai_Tham}\p{Javanese}\p{Balinese}]&&[\p{L}\p{M}\p{N}]]"
HAN, KATAKANA, HIRAGANA = r"\p{Han}", r"[\p{Katakana}ー]", r"[\p{Hiragana}ー]"
LETTER = rf"[[\p{{L}}\p{{N}}]--[{HAN}{KATAKANA}{HIRAGANA}]--{RUNS}]"
BEFORE = r"\p{Grapheme_Cluster_Break=Prepend}*"  # such as the Arabic number sign, one cluster with what follows
EMOJI = r"[[\p{Extended_Pictographic}\p{Regional_Indicator}]--[©®™]]"


def _cluster(first: str) -> str:
    """A pattern of one grapheme cluster whose first letter is such a one."""
    return rf"(?:(?={BEFORE}{first})\X)"


WORD = rf"""
    {_cluster(LETTER)}+                                                  # letters and digits of other scripts
    (?:(?:['’׳״·\u00ad\p{{Pc}}]|(?<=\p{{N}})[.,](?=\p{{N}})){_cluster(LETTER)}+)*
  | {_cluster(HAN)}                                                     # one character
  | {_cluster(KATAKANA)}+
  | {_cluster(HIRAGANA)}+
  | {_cluster(RUNS)}+
  | {_cluster(EMOJI)}
"""
START = rf"(?={BEFORE}(?:[\p{{L}}\p{{N}}]|{RUNS}|{EMOJI}|ー))"
PIECES = regex.compile(rf"(?P<word>{WORD})|(?:(?!{START})\X)+|\X", regex.VERBOSE | regex.V1)
ASCII = re.compile(r"[A-Za-z0-9]+(?:(?:['_]|(?<=[0-9])[.,](?=[0-9]))[A-Za-z0-9]+)*")  # the same there, 20 times as fast
CLUSTERS = regex.compile(r"\X")


def word_spans(text: str) -> Spans:
    """The words as (start, stop) in characters, in order and disjoint, each of whole grapheme clusters.

    A word is a run of letters and digits; an apostrophe, a middle dot, a soft hyphen or an underscore between two of
    them belongs to it, and so does a point or a comma between two digits. Hyphens and other punctuation end it. Each
    emoji is a word, joined ones are one.
    Where a script does not put spaces between words no rule finds them: each Chinese character is a word, and so is
    each run of katakana, of hiragana, and, as a phrase, of Thai, Lao, Khmer, Burmese, Javanese or Balinese.
    Clusters: Unicode Standard Annex 29, extended grapheme clusters, as the library regex has them.
    """
    if text.isascii():
        return tuple(found.span() for found in ASCII.finditer(text))
    return tuple(found.span() for found in PIECES.finditer(text) if found["word"] is not None)


def widened(text: str, spans: Spans) -> Spans:
    """The spans widened to whole grapheme clusters, in order; spans that then touch the same cluster are joined.

    spans: (start, stop) inside the text, sorted by start; empty ones are left out.
    """
    edges = [found.start() for found in CLUSTERS.finditer(text)] + [len(text)]
    found: list[tuple[int, int]] = []
    for start, stop in spans:
        if start >= stop:
            continue
        start, stop = edges[bisect_right(edges, start) - 1], edges[bisect_left(edges, stop)]
        if found and start < found[-1][1]:
            before = found.pop()
            start, stop = before[0], max(stop, before[1])
        found.append((start, stop))
    return tuple(found)
