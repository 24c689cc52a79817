"""The output of one attention head, read with a hook from the input of the output projection."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from torch import Tensor, nn

from concepts.models.encoders.model_types import TorchModule

_HOOKING = threading.Lock()
PROJECTIONS = ("attention.o_proj", "self_attn.out_proj", "self_attn.o_proj", "attention.output.dense")


@contextmanager
def inputs_of(module: nn.Module) -> Iterator[list[Tensor]]:
    """A list that collects this thread's inputs to the module. One thread at a time; the hook is removed at the end."""
    thread, kept = threading.get_ident(), list[Tensor]()

    def keep(_: nn.Module, arguments: tuple[Tensor, ...]) -> None:
        if threading.get_ident() == thread:
            kept.append(arguments[0])

    with _HOOKING:
        handle = module.register_forward_pre_hook(keep)
        try:
            yield kept
        finally:
            handle.remove()


def head_reader(block: nn.Module, head: int, n_heads: int) -> tuple[nn.Module, Callable[[Tensor], Tensor]]:
    """The block's output projection W_o, and a function from its input (n, T, p) to one head's (n, T, p / heads).

        o_t = Σ_h W_o[:, h] Σ_s α_h[t, s] v_h[s]: the head's output is the inner sum, before W_o.

    Raises ValueError for a head that does not exist, and for a block whose output projection is not recognised.
    """
    if not 0 <= head < n_heads:
        raise ValueError(f"head {head}: this model has heads 0 … {n_heads - 1}")
    projection = next((module for name, module in block.named_modules() if name in PROJECTIONS), None)
    if projection is None:
        raise ValueError(f"the heads of {type(block).__name__} cannot be read: leave head out")

    def read(value: Tensor) -> Tensor:
        return value.unflatten(-1, (n_heads, -1))[..., head, :]

    return projection, read


def blocks_of(model: TorchModule, n_layers: int) -> nn.ModuleList:
    """The transformer's blocks in order. Raises ValueError where no list of n_layers modules is found."""
    for module in model.modules():
        if isinstance(module, nn.ModuleList) and len(module) == n_layers:
            return module
    raise ValueError(f"{type(model).__name__} keeps no list of its {n_layers} layers: choose another model")
