"""What a concept says: its weight for each class, or the words that a language model says more often for it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class OutputWord:
    """A token of the vocabulary. effect: the change of its logit for one unit of the concept's code."""

    token: str
    effect: float


def class_effects(components: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """(k, c): the change of each class's logit for one unit of each concept, v_j · w_c.

    components: (k, p). weight: (c, p) of an affine head. Raises ValueError where p differs.
    """
    if components.shape[1] != weight.shape[1]:
        raise ValueError(
            f"components of {components.shape[1]} channels, a head of {weight.shape[1]}: give those of one layer"
        )
    return components @ weight.T


def output_words(
    component: np.ndarray, unembedding: np.ndarray, vocabulary: Sequence[str], *, top: int = 10
) -> tuple[tuple[OutputWord, ...], tuple[OutputWord, ...]]:
    """The tokens whose logits the concept raises most, and those that it lowers most, the strongest first.

        effect_w = (e_w − ē) · v

    component: (p,). unembedding: (L, p), row by row e_w. The mean row ē is taken off, since it moves all logits alike
    and with them no answer. Source: the direct path of nostalgebraist's logit lens (2020), for a direction.
    Raises ValueError where the shapes do not fit.
    """
    if unembedding.shape != (len(vocabulary), len(component)):
        raise ValueError(
            f"an unembedding of shape {unembedding.shape}, expected ({len(vocabulary)}, {len(component)}): "
            "one row a token, one column a channel"
        )
    effects = unembedding @ component
    effects = effects - effects.mean()
    order = np.argsort(-effects, kind="stable")
    words = [OutputWord(vocabulary[i], float(effects[i])) for i in (*order[:top], *order[::-1][:top])]
    raised, lowered = words[: len(words) // 2], words[len(words) // 2 :]
    return tuple(each for each in raised if each.effect > 0), tuple(each for each in lowered if each.effect < 0)
