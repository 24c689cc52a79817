"""The names of a report's concepts, for display on a page and for storage in a file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import numpy as np

from concepts.lexicon.naming.assign import NONE, assign_words
from concepts.storage.typed_json import Count, Finite, Format, exactly, read_typed, write_typed

FORMAT = 1
NAMES = Format("file of names", FORMAT, {})
IN_REPORT = "names.json"  # in a report's folder: its page shows them


@dataclass(frozen=True)
class ConceptName:
    """A concept's word and its score, in standard deviations of the word over all places; None if no word is good.

    runner_up: the other word that fits best; without a good word, the nearest one. Its score may be higher than the
    word's, or above the threshold when there is no word: it then names another concept. None if there is no other word.
    """

    concept: Count
    word: str | None
    score: Finite | None
    runner_up: str | None
    runner_up_score: Finite | None
    threshold: Finite

    @property
    def sentence(self) -> str:
        """The name in one readable line."""
        runner_up = "" if self.runner_up is None else f"{self.runner_up} ({self.runner_up_score:.2f})"
        if self.word is None:
            if self.runner_up_score is not None and self.runner_up_score > self.threshold:
                return f"no good word left; {runner_up} names another concept"
            nearest = f"nearest is {runner_up}, " if runner_up else ""
            return f"no good word; {nearest}below {self.threshold:.2f}"
        return f"{self.word} ({self.score:.2f}), then {runner_up}" if runner_up else f"{self.word} ({self.score:.2f})"


def name_concepts(
    scores: np.ndarray,
    words: Sequence[str],
    *,
    threshold: np.ndarray | float,
    capacity: int = 1,
    entropy: float = 0.0,
) -> tuple[ConceptName, ...]:
    """The name of each concept, in order: words assigned by `assign_words`, each with its runner-up.

    scores: (k, L) as from `word_scores`. threshold: (k,) as from `shuffled_thresholds`, or one for all. Raises
    ValueError as `assign_words` does, and when there are not L words.
    """
    scores = np.asarray(scores, dtype=np.float64)
    chosen = assign_words(scores, threshold, capacity=capacity, entropy=entropy)
    if scores.shape[1] != len(words):
        raise ValueError(f"scores of {scores.shape[1]} words, {len(words)} words were given")
    limits = np.broadcast_to(np.asarray(threshold, dtype=np.float64), len(scores))
    return tuple(_row(j, scores[j], words, int(chosen[j]), float(limits[j])) for j in range(len(scores)))


def _row(concept: int, scores: np.ndarray, words: Sequence[str], chosen: int, limit: float) -> ConceptName:
    others = [int(each) for each in np.argsort(-scores, kind="stable")[:2] if each != chosen]
    second = others[0] if others else None
    return ConceptName(
        concept=concept,
        word=None if chosen == NONE else words[chosen],
        score=None if chosen == NONE else float(scores[chosen]),
        runner_up=None if second is None else words[second],
        runner_up_score=None if second is None else float(scores[second]),
        threshold=limit,
    )


@dataclass(frozen=True)
class NamesFile:
    """Content of a file of names. about: what they were made from, as a free note that no program reads."""

    format: Annotated[int, exactly(FORMAT)]
    names: tuple[ConceptName, ...]
    about: dict[str, object] = field(default_factory=dict)


def write_names(path: str | Path, names: Sequence[ConceptName], about: Mapping[str, object] | None = None) -> None:
    """Writes a JSON file; `about`: what the names were made from, stored with them."""
    write_typed(Path(path), NamesFile(FORMAT, tuple(names), dict(about or {})))


def read_names(path: str | Path) -> tuple[ConceptName, ...]:
    """The names in a file. Raises ValueError, naming the file and the field, when it holds none or is damaged."""
    return read_typed(NamesFile, Path(path), NAMES).names
