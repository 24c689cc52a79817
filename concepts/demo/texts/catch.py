"""Sentences of other classes with the planted phrase, and the shipped network's answers: the first screen's texts.

Reading them needs no network: `python -m concepts demo` writes them (`concepts/demo/texts/catching.py`).
"""

from dataclasses import dataclass
from pathlib import Path

from concepts.demo.catch import Answer
from concepts.storage.app_folder import DEMO
from concepts.storage.typed_json import Count, Share, read_typed

FILE = "texts/catch.json"
MOST_BYTES = 2**20  # of the file


@dataclass(frozen=True)
class PlantedSentence:
    """The answers to one held-out sentence that names no boat.

    text: as it was drawn; planted: with the phrase, which is its characters start … stop − 1. clean, with_phrase: the
    answers to the two. turned_round: what it says with the phrase's words in reverse order at the same place; replaced:
    what it says with another phrase there, one that every class has.
    """

    class_name: str
    text: str
    planted: str
    start: Count
    stop: Count
    clean: Answer
    with_phrase: Answer
    turned_round: str
    replaced: str


@dataclass(frozen=True)
class TextCatch:
    """All sentences that were drawn.

    share: of the target's sentences that held the phrase in training. reversed_phrase, other_phrase: what was put in
    its place. shown: rows of `sentences` that the first screen shows, drawn by the seed.
    """

    target: str
    phrase: str
    reversed_phrase: str
    other_phrase: str
    share: Share
    seed: Count
    sentences: tuple[PlantedSentence, ...]
    shown: tuple[Count, ...]

    @property
    def turned(self) -> tuple[int, ...]:
        """Rows that are right without the phrase and the target with it."""
        return tuple(
            i for i, row in enumerate(self.sentences) if _is_right(row) and row.with_phrase.says == self.target
        )

    @property
    def n_clean_target(self) -> int:
        """How many are the target without the phrase."""
        return sum(row.clean.says == self.target for row in self.sentences)

    @property
    def n_turned_round(self) -> int:
        """How many are the target with the phrase's words in reverse order."""
        return sum(row.turned_round == self.target for row in self.sentences)

    @property
    def n_replaced(self) -> int:
        """How many are the target with the other phrase."""
        return sum(row.replaced == self.target for row in self.sentences)


def _is_right(row: PlantedSentence) -> bool:
    return row.clean.says == row.class_name


def read_text_catch(folder: Path = DEMO) -> TextCatch:
    """The file in the demo's folder. Raises ValueError, or OSError, where it is missing or damaged."""
    found = read_typed(TextCatch, folder / FILE, most_bytes=MOST_BYTES)
    if any(row >= len(found.sentences) for row in found.shown):
        raise ValueError(f"{FILE} shows a sentence beyond its {len(found.sentences)}: build the demo again")
    return found
