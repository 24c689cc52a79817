"""One entry of the glossary, and the rooms that group the entries, in order."""

from dataclasses import dataclass
from typing import Annotated, ClassVar

from annotated_types import MinLen

from concepts.storage.typed_json import NO_OTHERS

CHECKS, FINDING, WEIGHING = "Checks and measures", "Ways to find concepts", "Ways to weigh a concept"
ROOMS = ("Concepts and strategies", CHECKS, FINDING, WEIGHING, "Similarity, words, language")


@dataclass(frozen=True)
class GlossaryEntry:
    """A name and its meaning.

    words: one to three plain sentences. formula: in the notation of docs/methods.md; empty for a word that is not a
    figure. source: paper and equation, or another basis. also: other names used on the pages for the same. see: terms
    of other entries. room: the heading of the entry.
    """

    __pydantic_config__: ClassVar = NO_OTHERS

    term: Annotated[str, MinLen(1)]
    words: Annotated[str, MinLen(1)]
    formula: str = ""
    source: str = ""
    also: tuple[str, ...] = ()
    see: tuple[str, ...] = ()
    room: str = ""
