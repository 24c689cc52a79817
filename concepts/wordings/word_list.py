"""Is a concept a list of words? How well the words found on half of the texts tell it on the other half."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from concepts.numerics.auroc import auroc
from concepts.numerics.intervals import Estimate, share_estimate
from concepts.wordings.distinctive import distinctive_terms
from concepts.wordings.presence import Presence, term_presence
from concepts.wordings.terms import phrases, splitter

LEAST_TEXTS = 4  # active ones, of which half are held out


@dataclass(frozen=True)
class WordListScore:
    """How well "holds one of these words" tells on held-out texts that the concept is active.

    auroc: 1 where it is a list of words, 0.5 where the words say nothing. recall: of active held-out texts those with
    a word. precision: of held-out texts with a word those that are active; NaN where none has one. n_active, n_texts:
    held out.
    """

    words: tuple[str, ...]
    auroc: Estimate
    recall: Estimate
    precision: Estimate
    n_active: int
    n_texts: int


def holds_any(texts: Sequence[str], words: Sequence[str], *, split: str = "words") -> np.ndarray:
    """(n,) bool: the text holds one of these words or phrases, whatever their case."""
    sought, cut = {word.casefold() for word in words}, splitter(split)
    longest = max((word.count(" ") + 1 for word in sought), default=1)
    return np.array([not sought.isdisjoint(phrases(cut(text), longest)) for text in texts], dtype=bool)


def word_list_score(
    texts: Sequence[str], active: np.ndarray, words: Sequence[str], *, split: str = "words"
) -> WordListScore:
    """The score of a list of words on texts that it was not found on. active: (n,) bool."""
    return _score(words, holds_any(texts, words, split=split), active)


def found_and_scored(
    texts: Sequence[str], active: np.ndarray, *, top: int = 10, longest: int = 2, split: str = "words", seed: int = 0
) -> WordListScore | None:
    """The words found by `distinctive_words` on half of the texts, scored on the other half.

    Words count whose odds are raised surely: p below 0.05 by Holm. Both halves have the same share of active texts.
    None for fewer than four active or four other texts.
    """
    presence = term_presence(texts, split=split, longest=longest, least=2)
    return found_and_scored_terms(presence, active, top=top, seed=seed)


def found_and_scored_terms(
    presence: Presence, active: np.ndarray, *, top: int = 10, seed: int = 0
) -> WordListScore | None:
    """`found_and_scored` of texts whose terms are known, for many concepts of the same texts."""
    if min(active.sum(), (~active).sum()) < LEAST_TEXTS:
        return None
    fitted = half(active, seed=seed)
    ranked = distinctive_terms(presence.of_texts(fitted), active[fitted], top=top, seed=seed)
    words = [row.term for row in ranked.words if row.z > 0 and row.p_adjusted < 0.05]
    return _score(words, presence.holding(words)[~fitted], active[~fitted])


def half(active: np.ndarray, *, seed: int) -> np.ndarray:
    """(n,) bool: half of the active and half of the other texts, drawn with the seed."""
    generator, chosen = np.random.default_rng(seed), np.zeros(len(active), dtype=bool)
    for group in (np.flatnonzero(active), np.flatnonzero(~active)):
        chosen[generator.permutation(group)[: len(group) // 2]] = True
    return chosen


def _score(words: Sequence[str], held: np.ndarray, active: np.ndarray) -> WordListScore:
    nothing = Estimate(math.nan)
    return WordListScore(
        tuple(words),
        auroc(held.astype(float), active),
        share_estimate(held[active]) if active.any() else nothing,
        share_estimate(active[held]) if held.any() else nothing,
        int(active.sum()),
        len(active),
    )
