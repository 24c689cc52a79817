"""Models whose answer for a photo depends on the other photos of its batch: detected, and run one photo at a time."""

import torch
from torch import Tensor

from concepts.models.splitting.layers import Function, allowed_difference

ALONE = "One photo at a time: the model's answer for a photo depends on the others in its batch."
ROUNDING = 100.0  # times the allowed difference: batches of other sizes may take another path through a library


@torch.no_grad()
def depends_on_batch(function: Function, one: Tensor, other: Tensor, together: Tensor | None = None) -> bool:
    """Whether the result for one input (1, ...) changes when another one (1, ...) is in its batch.

    Within 1e-4 of the largest magnitude. A difference counts only if it is as large beside a copy of the same input,
    where no library rounds otherwise, or if it is no rounding. together: the result for both, where it is known.
    """
    beside_another = (function(torch.cat([one, other])) if together is None else together)[:1]
    alone = function(one)
    if _same(alone, beside_another):
        return False
    beside_itself = function(torch.cat([one, one]))[:1]
    return not _same(beside_itself, beside_another) or not _same(alone, beside_itself, ROUNDING)


def _same(a: Tensor, b: Tensor, times: float = 1.0) -> bool:
    return a.shape == b.shape and float((a - b).abs().max()) <= times * allowed_difference(b)


def one_by_one(function: Function) -> Function:
    """The function of a batch (n, ...), computed for one input at a time."""
    return lambda inputs: torch.cat([function(each) for each in inputs.split(1)])


def companion(probe: Tensor) -> Tensor:
    """(1, 3, H, W): the second of two images, or another one made of the first where both are the same."""
    one, other = probe.split(1)
    return 0.5 * one.flip(-1) if torch.equal(one, other) else other


@torch.no_grad()
def model_depends_on_batch(model: Function, probe: Tensor, logits: Tensor) -> bool:
    """`depends_on_batch` for a model, from its logits for the two images (2, 3, H, W) of the probe.

    Raises ValueError where it depends on the batch and does not work for one photo alone.
    """
    try:
        depends = depends_on_batch(model, probe[:1], probe[1:], logits)
    except Exception as error:  # the user's own forward can raise anything
        text = f"the model works on two photos and fails on one alone ({type(error).__name__}: {error})"
        raise ValueError(f"{text}: {_CURE}") from error
    if depends:
        _check_alone(torch.cat([model(each) for each in probe.split(1)]), logits)
    return depends


def _check_alone(alone: Tensor, together: Tensor) -> None:
    """Raises ValueError where the logits (2, c) of each image alone are of no use."""
    if not torch.isfinite(alone).all():
        raise ValueError(f"{_DEPENDS}, and alone it gives NaN or infinity: {_CURE}")
    if _same(alone[:1], alone[1:]) and not _same(together[:1], together[1:]):
        raise ValueError(f"{_DEPENDS}, and alone it gives the same for every photo: {_CURE}")


_DEPENDS = "the model's answer for a photo depends on the other photos in its batch"
_CURE = "give it running statistics (track_running_stats=True) in place of those of the batch"
