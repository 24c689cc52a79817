"""The meaning of a model's outputs: classes that exclude each other, labels that do not, yes or no, or quantities."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

Kind = Literal["classes", "multilabel", "binary", "regression"]
KINDS: tuple[Kind, ...] = get_args(Kind)


@dataclass(frozen=True)
class Outputs:
    """What a model's logits (n, c) mean, and how they were made from what the model returns.

    kind: "classes": one class of c is true, by softmax; "multilabel": each of c labels is true or not, by its own
    sigmoid; "binary": two classes with logits −z and z of one output; "regression": c quantities, no probabilities.
    conversion: one sentence where the model does not return logits; "" where it does.
    """

    kind: Kind = "classes"
    conversion: str = ""

    def probabilities(self, logits: np.ndarray) -> np.ndarray | None:
        """(…, c) in [0, 1] from logits (…, c); None for regression."""
        from scipy.special import expit, softmax

        if self.kind == "regression":
            return None
        return softmax(logits, axis=-1) if self.kind == "classes" else expit(logits)

    def names(self, given: Sequence[str] | None, n_classes: int) -> tuple[str, ...] | None:
        """The names of n outputs from those given: one name of a yes-or-no model names both classes; None: not known.

        A quantity without a name is "value", several are "value 0", "value 1" and so on.
        """
        if self.kind == "regression" and not given:
            return ("value",) if n_classes == 1 else tuple(f"value {i}" for i in range(n_classes))
        if self.kind == "binary" and given and len(given) == 1:
            return (f"not {given[0]}", given[0])
        return tuple(given) if given else None

    def recognised(self, logits: np.ndarray, indices: tuple[int, ...]) -> np.ndarray:
        """(n,) bool, True where the model predicts one of these classes, from logits (n, c); always for regression.

        With classes, the prediction is the largest logit; labels and binary classes are predicted above probability ½.
        """
        if self.kind == "regression":
            return np.ones(len(logits), dtype=bool)
        if self.kind == "classes":
            return np.isin(logits.argmax(axis=1), indices)
        return np.any(logits[:, list(indices)] > 0, axis=1)
