"""The words of every concept with their scores, and beside each the same for a random direction."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from concepts.wordings.bag_of_words import BagOfWords, bag_of_terms
from concepts.wordings.controls import most_active, random_scores
from concepts.wordings.distinctive import DistinctiveWord, distinctive_terms
from concepts.wordings.excerpts import Decile, excerpts_over_deciles
from concepts.wordings.presence import Presence, term_presence
from concepts.wordings.word_list import WordListScore, found_and_scored_terms

MOST_ACTIVE = 0.2  # of the texts
LEAST = 3  # texts that hold a term


@dataclass(frozen=True, eq=False)
class Wording:
    """What can be said of one concept in words.

    words: the largest z first. list_score: words found on half of the texts, scored on the other half; None for too few
    active texts. bag: how well all words together predict its codes. The controls: the same for a random direction of
    the same length, active in as many texts.
    """

    concept: int
    n_active: int
    deciles: tuple[Decile, ...]
    words: tuple[DistinctiveWord, ...]
    list_score: WordListScore | None
    list_control: WordListScore | None
    bag: BagOfWords
    bag_control: BagOfWords


def describe(
    texts: Sequence[str],
    codes: np.ndarray,
    features: np.ndarray,
    components: np.ndarray,
    *,
    active: np.ndarray | None = None,
    top: int = 10,
    split: str = "words",
    seed: int = 0,
) -> tuple[Wording, ...]:
    """One wording a concept. codes: (n, k). features: (n, p). components: (k, p).

    active: (n, k) bool, the texts in which a concept counts as active; None for those of `active_texts`.
    Raises ValueError where the shapes do not fit.
    """
    if codes.shape != (len(features), len(components)) or len(texts) != len(features):
        raise ValueError(
            f"{len(texts)} texts, codes {codes.shape}, features {features.shape}, components {components.shape}: "
            "expected n texts, (n, k), (n, p) and (k, p)"
        )
    k, presence = codes.shape[1], term_presence(texts, split=split, longest=2, least=LEAST)
    active, random = active_texts(codes) if active is None else active, random_scores(features, components, seed=seed)
    chance = np.stack([most_active(random[:, j], int(active[:, j].sum())) for j in range(k)], axis=1)
    words = presence.of_terms(np.array([j for j, term in enumerate(presence.terms) if " " not in term], dtype=int))
    bags = bag_of_terms(words, np.hstack([codes, random]), active=np.hstack([active, chance]), seed=seed)
    return tuple(
        Wording(
            j,
            int(active[:, j].sum()),
            excerpts_over_deciles(codes[:, j], seed=seed),
            _words(presence, active[:, j], top, seed),
            found_and_scored_terms(presence, active[:, j], top=top, seed=seed),
            found_and_scored_terms(presence, chance[:, j], top=top, seed=seed),
            bags[j],
            bags[k + j],
        )
        for j in range(k)
    )


def active_texts(codes: np.ndarray, *, most: float = MOST_ACTIVE) -> np.ndarray:
    """(n, k) bool: the code is above 0 and among the largest of its concept, at most a share `most` of all texts.

    codes: (n, k). Texts with a code equal to the least of these are active too, unless that passes the share.
    """
    size = max(1, int(most * len(codes)))
    above = np.sort(codes, axis=0)[::-1][size] if size < len(codes) else np.full(codes.shape[1], -np.inf)
    return (codes > 0) & (codes > above)


def _words(presence: Presence, active: np.ndarray, top: int, seed: int) -> tuple[DistinctiveWord, ...]:
    if not active.any() or active.all():
        return ()
    return distinctive_terms(presence, active, top=top, seed=seed).words
