"""One entry of the glossary, and the rooms in which entries stand, in their order."""

from dataclasses import dataclass
from typing import Annotated, ClassVar

from annotated_types import MinLen

from concepts.storage.typed_json import NO_OTHERS

CHECKS, FINDING, WEIGHING = "Checks and measures", "Ways to find concepts", "Ways to weigh a concept"
ROOMS = ("Concepts and strategies", CHECKS, FINDING, WEIGHING, "Similarity, words, language")


@dataclass(frozen=True)
class GlossaryEntry:
    """A name with what it means.

    words: one to three plain sentences. formula: in the letters of docs/methods.md; empty where it is a word and no
    figure. source: paper and equation, or what it rests on. also: other names under which a page shows the same. see:
    terms of other entries. room: the heading under which it stands.
    """

    __pydantic_config__: ClassVar = NO_OTHERS

    term: Annotated[str, MinLen(1)]
    words: Annotated[str, MinLen(1)]
    formula: str = ""
    source: str = ""
    also: tuple[str, ...] = ()
    see: tuple[str, ...] = ()
    room: str = ""
