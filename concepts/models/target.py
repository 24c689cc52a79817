"""The target of an explanation: a class, or a group of classes (the log-sum-exp of their logits)."""

import difflib
import operator
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, SupportsIndex

from concepts.data.images import folder_class, normal_name
from concepts.storage.typed_json import Count

if TYPE_CHECKING:
    from torch import Tensor

TargetSpec = SupportsIndex | str | Iterable[SupportsIndex | str]


class Scored(Protocol):
    """A target of any kind: it maps the output of a model's head for an image to a score."""

    @property
    def label(self) -> str:
        """The displayed name."""
        ...

    def score(self, outputs: "Tensor", /) -> "Tensor":
        """(n,) scores from the head's outputs for n images, differentiable; importance is a share of the score."""
        ...


@dataclass(frozen=True)
class Target:
    """Class indices and their names; `label` is the displayed name."""

    indices: tuple[Count, ...]
    names: tuple[str, ...]
    label: str

    def score(self, outputs: "Tensor") -> "Tensor":
        """(n,) scores from logits (n, classes): the logit of the class, or the log-sum-exp of a group's logits.

        Raises ValueError for outputs that are not logits with at least that many classes.
        """
        if outputs.ndim != 2 or outputs.shape[1] <= max(self.indices):
            raise ValueError(
                f"the model gives {tuple(outputs.shape)}, expected logits (n, classes) with class {max(self.indices)}"
            )
        return outputs[:, list(self.indices)].logsumexp(dim=1) if self.is_group else outputs[:, self.indices[0]]

    @property
    def is_group(self) -> bool:
        return len(self.indices) > 1


def resolve_target(spec: TargetSpec, class_names: Sequence[str] | None, n_classes: int) -> Target:
    """The target for `spec`: an index, a name, a range "151-268", "a, b, c", or a list of these.

    A spec that equals a class name is that class, even with commas. Case, accents, spaces, hyphens and underscores are
    ignored in comparisons, and a folder's name that stands for a class (AC_DC, a wnid of ImageNet) is that class.
    Raises ValueError with the nearest class names when there is no match.
    """
    names = tuple(class_names) if class_names else tuple(f"class {i}" for i in range(n_classes))
    indices = tuple(dict.fromkeys(_indices(spec, names, n_classes)))
    if not indices:
        raise ValueError("the target is empty: name a class, an index, or a group such as 151-268")
    chosen = tuple(names[i] for i in indices)
    label = chosen[0] if len(chosen) == 1 else f"{chosen[0]} … {chosen[-1]} ({len(chosen)} classes)"
    return Target(indices, chosen, label)


def _indices(spec: TargetSpec, names: tuple[str, ...], n_classes: int) -> list[int]:
    if not isinstance(spec, str):
        return _not_text(spec, names, n_classes)
    if spec in names:
        return [names.index(spec)]  # exact match first: "Cardigan" is a dog, "cardigan" is knitted
    known = {normal_name(name): i for i, name in reversed(list(enumerate(names)))}
    if normal_name(spec) in known:
        return [known[normal_name(spec)]]
    if (index := folder_class(spec.strip(), names)) is not None:
        return [index]
    if "," in spec:
        return [index for part in spec.split(",") if part.strip() for index in _indices(part, names, n_classes)]
    numbers = spec.strip().split("-")
    if all(number.strip().isdigit() for number in numbers) and len(numbers) <= 2:
        first, last = _in_range(int(numbers[0]), n_classes), _in_range(int(numbers[-1]), n_classes)
        return list(range(first, last + 1))
    near = difflib.get_close_matches(normal_name(spec), known, n=5, cutoff=0.4) or list(known)[:5]
    raise ValueError(f"no class is called {spec!r}: did you mean {', '.join(names[known[name]] for name in near)}?")


def _not_text(spec: SupportsIndex | Iterable[SupportsIndex | str], names: tuple[str, ...], n_classes: int) -> list[int]:
    """The indices for an integer of any type, NumPy's and torch's included, or for several targets."""
    with suppress(TypeError):
        return [_in_range(operator.index(spec), n_classes)]  # type: ignore[arg-type]
    if not isinstance(spec, Iterable):
        raise ValueError(f"the target {spec!r} is {type(spec).__name__}: give a class index, a class name, or a list")
    return [index for part in spec for index in _indices(part, names, n_classes)]


def _in_range(index: int, n_classes: int) -> int:
    if not 0 <= index < n_classes:
        raise ValueError(f"class {index} is not there: the model has classes 0 to {n_classes - 1}")
    return index
