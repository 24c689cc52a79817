"""LayerInfo, and the common interface of the two ways to cut a model (tracing, hooks)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, TypeGuard

from torch import Tensor, nn

from concepts.models.splitting.layout import Kind, Sign

Function = Callable[[Tensor], Tensor]
TOLERANCE = 1e-4
SIGNED: Sign = "signed"
NOT_NEGATIVE: Sign = ">= 0"


@dataclass(frozen=True)
class LayerInfo:
    """A layer that can be split at. `shape` is without n, channels last: (h, w, p), (T, p) or (p,).

    `sign` is measured on the probe images; `traced` is False where the cut uses hooks.
    """

    path: str
    kind: Kind
    shape: tuple[int, ...]
    grid: tuple[int, int] | None
    sign: Sign
    traced: bool


@dataclass(frozen=True)
class Output:
    """One module's output on the probe images: its shape with n first, and its smallest value."""

    shape: tuple[int, ...]
    minimum: float

    @property
    def sign(self) -> Sign:
        return NOT_NEGATIVE if self.minimum >= 0 else SIGNED


class Cutter(Protocol):
    """A model that has been inspected and can be cut at a module.

    outputs: module path → Output in network order, all modules that ran once and returned one float tensor, n first.
    calls: module path → number of runs.
    """

    traced: bool
    outputs: dict[str, Output]
    calls: dict[str, int]

    def is_cut(self, path: str) -> bool:
        """Whether all that the logits depend on goes through this module's output, and something comes after it."""

    def gives_logits(self, path: str) -> bool:
        """Whether the module's output is the logits themselves."""

    def canonical(self, path: str) -> str:
        """The shortest path of a module with the same output."""

    def cut(self, path: str) -> tuple[Function, Function]:
        """(g, h) in the model's own layout."""

    def shapes_at(self, images: Tensor) -> dict[str, tuple[int, ...]]:
        """Module path → output shape on these images."""


def allowed_difference(logits: Tensor) -> float:
    """Maximum difference allowed for logits computed in another way: 1e-4 of the largest magnitude."""
    return TOLERANCE * float(logits.abs().max())


def is_float_batch(value: object, n: int) -> TypeGuard[Tensor]:
    """Whether a module's output is one float tensor with the n images first and at least one more dimension."""
    return isinstance(value, Tensor) and value.is_floating_point() and value.ndim >= 2 and value.shape[0] == n


def same_content(module: nn.Module) -> bool:
    """Whether the module returns its input unchanged in eval mode (dropout, identity)."""
    return isinstance(module, nn.Identity | nn.modules.dropout._DropoutNd) or type(module).__name__ in _PASSING


def rearranges(module: nn.Module) -> bool:
    """Whether the module only pools, passes on or reorders its input, without learnt parameters."""
    return same_content(module) or isinstance(module, _POOLING) or type(module).__name__ == "Permute"


_PASSING = ("StochasticDepth", "DropPath")
_POOLING = (
    nn.modules.pooling._MaxPoolNd,
    nn.modules.pooling._AvgPoolNd,
    nn.modules.pooling._AdaptiveAvgPoolNd,
    nn.modules.pooling._AdaptiveMaxPoolNd,
    nn.Flatten,
    nn.Unflatten,
    nn.Upsample,
)
