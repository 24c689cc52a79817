"""Where a suspect's words stand already: in texts of the class and of others, and the words that come with them."""

from collections.abc import Sequence

import numpy as np

from concepts.data.documents.words import word_spans
from concepts.data_artefacts.words import word_labels
from concepts.report.verdict import PhraseUse

MOST_BESIDE = 3  # words that are named
WITH, WITHOUT = "1", "0"  # labels: of two, the last in alphabetical order is tested
EDGE = "\x1f"  # between words; no word holds it


def phrase_use(phrases: Sequence[str], own: Sequence[str], others: Sequence[str]) -> PhraseUse:
    """In how many texts of the class (own) and of other classes (others) one of the phrases stands.

    beside: up to three words that the class's texts with a phrase hold more often than those without, by the z-score of
    `word_labels` with Bonferroni's correction over all words; the words of the phrases are left out. Empty where chance
    explains them all. These figures are shown beside a verdict and never used in it.
    """
    held = holding(own, phrases)
    return PhraseUse(
        own=int(held.sum()), n_own=len(own),
        elsewhere=int(holding(others, phrases).sum()), n_elsewhere=len(others),
        beside=_beside(phrases, own, held),
    )  # fmt: skip


def holding(texts: Sequence[str], phrases: Sequence[str]) -> np.ndarray:
    """(n,) bool: the text holds one of the phrases, as whole words in a row; case and punctuation do not count."""
    wanted = [_row_of_words(phrase) for phrase in phrases if word_spans(phrase)]
    return np.array([any(each in row for each in wanted) for row in map(_row_of_words, texts)], dtype=bool)


def _row_of_words(text: str) -> str:
    return EDGE + "".join(text[start:stop].casefold() + EDGE for start, stop in word_spans(text))


def _beside(phrases: Sequence[str], own: Sequence[str], held: np.ndarray) -> tuple[str, ...]:
    if held.all() or not held.any():
        return ()
    inside = {word for phrase in phrases for word in _row_of_words(phrase).split(EDGE)}
    found = word_labels(own, [WITH if each else WITHOUT for each in held]).found()
    return tuple(row.word for row in found if row.z > 0 and row.word not in inside)[:MOST_BESIDE]
