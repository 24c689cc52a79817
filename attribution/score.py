"""The score of a target as a function of codes: F(u) = h(u V). A class, a group of classes, or any function."""

import difflib
import operator
import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from typing import SupportsIndex

from torch import Tensor

Head = Callable[[Tensor], Tensor]  # activations (n, T..., p) -> outputs, for a class as target logits (n, classes)
Score = Callable[[Tensor], Tensor]  # the head's outputs for n images -> one number each (n,), differentiable
Classes = SupportsIndex | str | Iterable[SupportsIndex | str]  # a class by index or name, or a group of classes
Target = Classes | Score
Forward = Callable[[Tensor, Tensor], Tensor]  # factors m (n, k), codes u (n, T..., k) -> score F(m ⊙ u) (n,)


def target_score(outputs: Tensor, target: Target, *, class_names: Sequence[str] | None = None) -> Tensor:
    """Score (n,) of the head's outputs for n images: the target's own value if it is a function, else `class_score`.

    Raises ValueError where a function does not return one number per image, else as `class_score`.
    """
    if not callable(target):
        return class_score(outputs, target, class_names=class_names)
    scores = target(outputs)
    if tuple(scores.shape) != (len(outputs),):
        raise ValueError(
            f"the target gives scores {tuple(scores.shape)} for {len(outputs)} images: let it give one each, "
            f"({len(outputs)},)"
        )
    return scores


def class_score(logits: Tensor, target: Classes, *, class_names: Sequence[str] | None = None) -> Tensor:
    """Score (n,) of logits (n, classes): the logit of a class, the log-sum-exp of the logits of a group.

    class_names: one per class, for a target given by name. Raises ValueError as `class_indices`.
    """
    indices = class_indices(target, logits.shape[1], class_names)
    return logits[:, indices[0]] if len(indices) == 1 else logits[:, indices].logsumexp(dim=1)


def concept_score(head: Head, codes: Tensor, components: Tensor, target: Target) -> Tensor:
    """F(u) = s(h(u V)), s the target's score: (n,), differentiable in codes (n, T..., k); components: (k, p)."""
    return target_score(head(codes @ components), target, class_names=names_of(head))


def masked_score(head: Head, components: Tensor, target: Target) -> Forward:
    """The function (m, u) -> F(m ⊙ u): one factor m_j for all positions of concept j. components: (k, p)."""

    def score(factors: Tensor, codes: Tensor) -> Tensor:
        return concept_score(head, codes * at_all_positions(factors, codes), components, target)

    return score


def at_all_positions(per_concept: Tensor, codes: Tensor) -> Tensor:
    """(n, k) as (n, 1..., k), so that it broadcasts with codes (n, T..., k) over every position."""
    return per_concept.view(len(per_concept), *(1,) * (codes.ndim - 2), -1)


def check_codes(codes: Tensor, components: Tensor) -> None:
    """Raise ValueError unless codes (n, T..., k) end in the k concepts of components (k, p)."""
    if components.ndim != 2 or codes.ndim < 2 or codes.shape[-1] != len(components):
        raise ValueError(
            "codes must end in the k concepts of components (k, p); "
            f"got {tuple(codes.shape)} and {tuple(components.shape)}"
        )


def check_importance(codes: Tensor, components: Tensor, importance: Tensor) -> None:
    """Raise ValueError unless importance is finite and (n, k) for codes (n, T..., k), n ≥ 1."""
    check_codes(codes, components)
    expected = (len(codes), len(components))
    if not len(codes) or tuple(importance.shape) != expected:
        raise ValueError(f"importance must be (n, k) = {expected}, n ≥ 1; got {tuple(importance.shape)}")
    if not importance.isfinite().all():
        raise ValueError(f"{int((~importance.isfinite()).sum())} of {importance.numel()} importances are not finite")


def names_of(head: Head) -> Sequence[str] | None:
    """The class names of the head's model: for a bound method, its owner's `card.class_names`."""
    return getattr(getattr(getattr(head, "__self__", None), "card", None), "class_names", None)


def class_indices(target: Classes, n_classes: int, class_names: Sequence[str] | None = None) -> list[int]:
    """The classes of a target, each once: an index (any integer type), a name, or several of them.

    Names are compared as written first, then without regard to case, accents, spaces, hyphens and underscores.
    Raises ValueError for an index outside 0 … n_classes − 1, a name that no class has (with the nearest), a name where
    no names are known, or an empty group.
    """
    parts = [target] if isinstance(target, str | SupportsIndex) and not _is_list(target) else target
    if not isinstance(parts, Iterable):
        raise ValueError(f"target {target!r} is {type(target).__name__}: give a class index, a class name, or a list")
    indices = list(dict.fromkeys(_index(part, n_classes, class_names) for part in parts))
    if not indices:
        raise ValueError("the target is an empty group: give at least one class")
    return indices


def _is_list(target: object) -> bool:
    """True for an array of several targets. Arrays and tensors of one number are integers, too."""
    return getattr(target, "ndim", 0) > 0


def _index(part: object, n_classes: int, class_names: Sequence[str] | None) -> int:
    if isinstance(part, str):
        return _named(part, class_names)
    try:
        index = operator.index(part)  # type: ignore[arg-type]
    except TypeError as error:
        raise ValueError(f"target {part!r} is {type(part).__name__}: give a class index or a class name") from error
    if not 0 <= index < n_classes:
        raise ValueError(f"target {index} is not a class index below {n_classes}")
    return index


def _named(name: str, class_names: Sequence[str] | None) -> int:
    if not class_names:
        raise ValueError(f"target {name!r} is a name, but the head knows no class names: give class_names, or an index")
    if name in class_names:
        return list(class_names).index(name)
    known = {_plain(each): i for i, each in reversed(list(enumerate(class_names)))}
    if _plain(name) in known:
        return known[_plain(name)]
    near = difflib.get_close_matches(_plain(name), known, n=5, cutoff=0.4) or list(known)[:5]
    raise ValueError(
        f"no class is called {name!r}: did you mean {', '.join(class_names[known[each]] for each in near)}?"
    )


def _plain(name: str) -> str:
    letters = unicodedata.normalize("NFKD", name.casefold())
    return re.sub(r"[\s_\-]+", " ", "".join(c for c in letters if not unicodedata.combining(c))).strip()
