"""The score of a class, or of a group of classes, seen from concept space: F(u) = h(u V)."""

from collections.abc import Callable, Sequence

from torch import Tensor

Head = Callable[[Tensor], Tensor]  # activations (n, T..., p) -> logits (n, classes)
Target = int | Sequence[int]  # a class, or a group of classes
Forward = Callable[[Tensor, Tensor], Tensor]  # factors m (n, k), codes u (n, T..., k) -> score F(m ⊙ u) (n,)


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


def masked_score(head: Head, components: Tensor, target: Target) -> Forward:
    """The function (m, u) -> F(m ⊙ u): one factor m_j for all positions of concept j. components: (k, p)."""

    def score(factors: Tensor, codes: Tensor) -> Tensor:
        return concept_score(head, codes * at_all_positions(factors, codes), components, target)

    return score


def at_all_positions(per_concept: Tensor, codes: Tensor) -> Tensor:
    """(n, k) as (n, 1..., k), so that it meets codes (n, T..., k) at every position."""
    return per_concept.view(len(per_concept), *(1,) * (codes.ndim - 2), -1)


def check_codes(codes: Tensor, components: Tensor) -> None:
    """Raises ValueError unless codes (n, T..., k) end in the k concepts of components (k, p)."""
    if components.ndim != 2 or codes.ndim < 2 or codes.shape[-1] != len(components):
        raise ValueError(
            "codes must end in the k concepts of components (k, p); "
            f"got {tuple(codes.shape)} and {tuple(components.shape)}"
        )


def check_importance(codes: Tensor, components: Tensor, importance: Tensor) -> None:
    """Raises ValueError unless importance is finite and (n, k) for codes (n, T..., k), n ≥ 1."""
    check_codes(codes, components)
    expected = (len(codes), len(components))
    if not len(codes) or tuple(importance.shape) != expected:
        raise ValueError(f"importance must be (n, k) = {expected}, n ≥ 1; got {tuple(importance.shape)}")
    if not importance.isfinite().all():
        raise ValueError(f"{int((~importance.isfinite()).sum())} of {importance.numel()} importances are not finite")
