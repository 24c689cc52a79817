"""The score of a class, or of a group of classes, seen from concept space: F(u) = h(u V)."""

from collections.abc import Callable, Sequence

from torch import Tensor

Head = Callable[[Tensor], Tensor]  # activations (n, T..., p) -> logits (n, classes)
Target = int | Sequence[int]  # a class, or a group of classes


def class_score(logits: Tensor, target: Target) -> Tensor:
    """Score (n,) of logits (n, classes): the logit of a class, the log-sum-exp of the logits of a group.

    Raises ValueError for an index outside the classes or an empty group.
    """
    indices = [target] if isinstance(target, int) else [int(i) for i in target]
    n_classes = logits.shape[1]
    if not indices or any(not 0 <= i < n_classes for i in indices):
        raise ValueError(f"target {target!r} is not a class index (or a list of them) below {n_classes}")
    return logits[:, indices[0]] if len(indices) == 1 else logits[:, indices].logsumexp(dim=1)


def concept_score(head: Head, codes: Tensor, components: Tensor, target: Target) -> Tensor:
    """F(u) = h_c(u V), shape (n,), differentiable in codes (n, T..., k); components: (k, p)."""
    return class_score(head(codes @ components), target)
