"""Whether the texts in which a concept is most active are alike, and of one kind, in the space of a text encoder."""

from dataclasses import dataclass

import numpy as np

from concepts.wordings.coherence import Coherence, coherence_of_unit, unit_rows
from concepts.wordings.controls import random_scores
from concepts.wordings.meanings import FEWEST, Meanings, meanings

TOP = 30


@dataclass(frozen=True, eq=False)
class TopTexts:
    """The most active texts of one concept. texts: indices, the largest code first.

    coherence: how alike they are beside random texts. control: the same for as many texts that lie farthest along a
    random direction of the same length. meanings, meanings_control: whether either fall into groups; None for fewer
    than eight.
    """

    concept: int
    texts: np.ndarray
    coherence: Coherence
    control: Coherence
    meanings: Meanings | None
    meanings_control: Meanings | None


def top_texts(
    vectors: np.ndarray,
    codes: np.ndarray,
    features: np.ndarray,
    components: np.ndarray,
    *,
    top: int = TOP,
    seed: int = 0,
) -> tuple[TopTexts, ...]:
    """One row for each concept that is active in three texts or more.

    vectors: (n, q) of an encoder of texts, which need not be the model. codes: (n, k). features: (n, p). components:
    (k, p). top: texts looked at, at most. Raises ValueError where the shapes do not fit.
    """
    if not len(vectors) == len(codes) == len(features) or codes.shape[1] != len(components):
        raise ValueError(
            f"vectors {vectors.shape}, codes {codes.shape}, features {features.shape}, components {components.shape}: "
            "expected (n, q), (n, k), (n, p) and (k, p)"
        )
    random, unit = random_scores(features, components, seed=seed), unit_rows(vectors)
    found = []
    for j in range(codes.shape[1]):
        texts = _largest(codes[:, j], min(top, int((codes[:, j] > 0).sum())))
        if len(texts) >= 3:
            others = _largest(random[:, j], len(texts))
            alike, chance = (coherence_of_unit(unit, each, seed=seed) for each in (texts, others))
            own, control = (_meanings(vectors[each], seed) for each in (texts, others))
            found.append(TopTexts(j, texts, alike, chance, own, control))
    return tuple(found)


def _meanings(vectors: np.ndarray, seed: int) -> Meanings | None:
    return meanings(vectors, seed=seed) if len(vectors) >= FEWEST else None


def _largest(scores: np.ndarray, size: int) -> np.ndarray:
    return np.argsort(-scores, kind="stable")[:size]
