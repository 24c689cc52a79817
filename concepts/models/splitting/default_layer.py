"""The choice of the default layer to explain, and its reason."""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from concepts.models.splitting.layers import NOT_NEGATIVE, Function, LayerInfo

LEAST_GRID = 4


def choose_layer(
    layers: Sequence[LayerInfo], usable: Callable[[LayerInfo], bool], reach: Callable[[LayerInfo], float]
) -> tuple[LayerInfo, str] | None:
    """The layer to explain and a sentence with the reason; None where no layer has a grid.

    layers: in network order. usable: whether a layer can be split at and is worth it; called from the last layer
    backwards, for no more layers than needed. reach: share of a layer's positions that reach the logits.
    The last layer with at least 4 × 4 positions of which most reach the logits; among the layers after the last
    change of grid, the last one that is never negative, if any (then NMF applies).
    """
    fine = [layer for layer in layers if layer.grid and min(layer.grid) >= LEAST_GRID]
    coarse = [layer for layer in layers if layer.grid and max(layer.grid) > 1]
    for candidates in (fine, coarse):
        unreached: LayerInfo | None = None
        for index in reversed(range(len(candidates))):
            last = candidates[index]
            if not usable(last):
                continue
            if reach(last) > 0.5:
                chosen = _not_negative(candidates[: index + 1], usable, reach) or last
                return chosen, _sentence(chosen, last, unreached, reach(chosen))
            unreached = last
    return None


def _not_negative(
    layers: Sequence[LayerInfo], usable: Callable[[LayerInfo], bool], reach: Callable[[LayerInfo], float]
) -> LayerInfo | None:
    """The last layer with activations ≥ 0 among the final layers that share one grid."""
    for layer in reversed(layers):
        if layer.grid != layers[-1].grid:
            return None
        if layer.sign == NOT_NEGATIVE and usable(layer) and reach(layer) > 0.5:
            return layer
    return None


def _sentence(chosen: LayerInfo, last: LayerInfo, unreached: LayerInfo | None, share: float) -> str:
    h, w = chosen.grid or (0, 0)
    size = "" if min(h, w) >= LEAST_GRID else f" (coarse: no layer has {LEAST_GRID} × {LEAST_GRID})"
    rank = "the last layer with" if chosen == last else "the last layer without negative values on"
    text = f"{chosen.path} is {rank} a grid of {h} × {w} positions{size}, {share:.0%} of which reach the logits"
    sign = "never negative, so NMF applies" if chosen.sign == NOT_NEGATIVE else "partly negative: Semi-NMF applies"
    skipped = f"; from {unreached.path} on, most positions no longer reach them" if unreached else ""
    return f"{text}{skipped}. Its activations are {sign}."


def reaching_share(head: Function, activations: Tensor) -> float:
    """The share in [0, 1] of positions from which a change can reach the logits.

    activations: (n, T..., p), channels last. One backward pass starts from NaN, which zero weights do not remove, so
    that it shows the connected positions even where the head's weights are still zero (an untrained ViT).
    """
    with torch.enable_grad():
        a = activations.detach().clone().requires_grad_(True)
        logits = head(a)
        if not logits.requires_grad:
            return 0.0
        (gradient,) = torch.autograd.grad(logits, a, torch.full_like(logits, torch.nan), allow_unused=True)
    return 0.0 if gradient is None else float((gradient != 0).any(-1).float().mean())
