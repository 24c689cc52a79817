"""The choice of the default layer to explain, and its reason."""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from concepts.models.splitting.layers import NOT_NEGATIVE, Function, LayerInfo

LEAST_GRID = 4
CHANGED = 64  # positions changed in one batch


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

    activations: (n, T..., p), channels last. The gradient starts from NaN, which zero weights do not remove, so that it
    shows the connected positions even where the head's weights are still zero (an untrained ViT). Where the head gives
    no gradient, each position of the first image is changed instead.
    """
    gradient = gradient_at(head, activations)
    if gradient is None:
        return _changed_share(head, activations[:1])
    return float((gradient != 0).any(-1).float().mean())


def gradient_at(head: Function, activations: Tensor) -> Tensor | None:
    """The gradient of the head in the activations, from NaN at its outputs; None where the head gives none.

    A quantised head gives none, nor does one that detaches its input.
    """
    try:
        with torch.enable_grad():
            a = activations.detach().clone().requires_grad_(True)
            logits = head(a.clone())
            return torch.autograd.grad(logits, a, torch.full_like(logits, torch.nan), allow_unused=True)[0]
    except (RuntimeError, NotImplementedError):  # an operation without a derivative
        return None


@torch.no_grad()
def _changed_share(head: Function, activations: Tensor) -> float:
    """The share of positions of one image (1, T..., p) at which a change of all channels changes the logits."""
    before, flat = head(activations.clone()), activations.flatten(1, -2)
    positions = flat.shape[1]
    changes = 0
    for some in torch.arange(positions).split(CHANGED):
        changed = flat.repeat(len(some), 1, 1)
        changed[torch.arange(len(some)), some] += flat.abs().max() + 1
        after = head(changed.reshape(len(some), *activations.shape[1:]))
        changes += int((after != before).any(dim=1).sum())
    return changes / positions
