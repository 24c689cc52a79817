"""Models given inside a wrapper (DataParallel, torch.compile, a moving average): the model itself is used."""

import torch
from torch import nn

INSIDE = ("_orig_mod", "module")  # where torch.compile, and the wrappers of torch and timm, keep the model
WRAPPERS = ("DataParallel", "DistributedDataParallel", "OptimizedModule", "AveragedModel", "ModelEma", "ModelEmaV2",
            "ModelEmaV3", "FullyShardedDataParallel")  # fmt: skip


def unwrapped(model: nn.Module) -> nn.Module:
    """The model inside any wrappers, which compute the same.

    Raises ValueError for TorchScript, whose layers are not modules that can be cut or replaced.
    """
    while type(model).__name__ in WRAPPERS:
        inner = next(
            (getattr(model, name) for name in INSIDE if isinstance(getattr(model, name, None), nn.Module)), None
        )
        if inner is None:
            break
        model = inner
    if isinstance(model, torch.jit.ScriptModule):
        raise ValueError(
            "the model is TorchScript, whose layers cannot be cut: build the Python model and load the weights into it "
            "(load_state_dict(scripted.state_dict()))"
        )
    return model
