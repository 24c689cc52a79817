"""Doses: factors on each concept's codes; the rest of the activations stays unchanged."""

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

from concepts.interventions.subject import Subject
from concepts.models.outputs import Outputs

VALUES = 2**24  # activations held at a time: 64 MB
CLASSES = Outputs()
Head = Callable[[Tensor], Tensor]


@torch.inference_mode()
def dosed_logits(head: Head, subject: Subject, doses: Tensor) -> Tensor:
    """(n, m, c): the logits of n photos under each of m doses (m, k).

        A'_t = A_t + Σ_j (s_j − 1) u_tj v_j

    A dose of 1 leaves a concept unchanged, 0 removes it, 2 doubles it; the part that the dictionary does not explain
    stays, so that with all doses at 1 the logits are the model's own. After a ReLU, A has no values below 0, but A' may
    have: the head is then run outside its training distribution. Raises ValueError for doses of another number of
    concepts, or not finite.
    """
    k = len(subject.components)
    if doses.ndim != 2 or doses.shape[1] != k:
        raise ValueError(f"doses {tuple(doses.shape)}, expected one number for each of {k} concepts in every row")
    if not torch.isfinite(doses).all():
        raise ValueError("a dose is no finite number: give numbers such as 0, 0.5 or 2")
    V, doses = subject.components, doses.to(subject.components)
    step = max(1, VALUES // subject.activations[0].numel())
    found = []
    for A, U in zip(subject.activations, subject.codes, strict=True):
        parts = [A + (U * (some - 1).reshape(len(some), *[1] * (U.ndim - 1), k)) @ V for some in doses.split(step)]
        found.append(torch.cat([head(part).float() for part in parts]))
    return torch.stack(found)


def dosed_probabilities(head: Head, subject: Subject, doses: np.ndarray, *, outputs: Outputs = CLASSES) -> np.ndarray:
    """(n, m, c) in [0, 1]: the class probabilities of n photos under each of m doses (m, k).

    outputs: the meaning of the head's logits. Raises ValueError for quantities, which have no probabilities.
    """
    return probabilities_of(dosed_logits(head, subject, torch.from_numpy(doses).float()).cpu().numpy(), outputs)


def probabilities_of(logits: np.ndarray, outputs: Outputs) -> np.ndarray:
    """The class probabilities of logits (…, c). Raises ValueError for quantities, which have no probabilities."""
    probabilities = outputs.probabilities(logits)
    if probabilities is None:
        raise ValueError("the model gives quantities, not classes: there are no probabilities to compare")
    return probabilities
