"""How a model's weights lie in memory on a CPU: channels last, where its logits stay the same."""

from collections.abc import Callable
from typing import Literal

import torch
from torch import Tensor, nn

from concepts.models.splitting.layers import allowed_difference

MemoryFormat = Literal["contiguous", "channels_last"]


def choose_memory_format(model: nn.Module, f: Callable[[Tensor], Tensor], images: Tensor) -> MemoryFormat:
    """Puts a model with 2D convolutions into channels last, and says which format it has now.

    A rule of the architecture, not a measurement of time, so that results do not depend on how busy a machine is;
    `benchmarks.formats` measures what it gains. f: the model's logits (m, c) of images (m, 3, H, W). Where they change
    by more than rounding, or f fails (a model that reads its own activations by .view), the weights stay contiguous.
    """
    if not any(isinstance(module, nn.Conv2d) for module in model.modules()):
        return "contiguous"
    with torch.no_grad():
        expected = f(images)
        try:
            model.to(memory_format=torch.channels_last)
            if float((f(images) - expected).abs().max()) <= allowed_difference(expected):
                return "channels_last"
        except Exception:  # the user's own forward can raise anything
            pass
    model.to(memory_format=torch.contiguous_format)
    return "contiguous"
