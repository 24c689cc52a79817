"""One entry of the glossary."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Entry:
    """A name with what it means.

    words: one to three plain sentences. formula: in the letters of docs/methods.md; empty where it is a word and no
    figure. source: paper and equation, or what it rests on. also: other names under which a page shows the same. see:
    terms of other entries. room: the heading under which it stands.
    """

    term: str
    words: str
    formula: str = ""
    source: str = ""
    also: tuple[str, ...] = ()
    see: tuple[str, ...] = ()
    room: str = ""
