"""The last linear layer of a text classifier, found by measurement: the one whose output is the logits."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager

import torch
from torch import Tensor, nn

from concepts.models.encoders.heads import inputs_of
from concepts.models.encoders.model_types import TorchModule

TOLERANCE = 1e-4  # of the largest logit
Logits = Callable[[], Tensor]


@torch.no_grad()
def last_linear(model: TorchModule, runs: Sequence[Logits]) -> tuple[str, nn.Linear]:
    """The path and module of the linear layer that makes the logits; no name is assumed.

    runs: functions that run the model on one probe text each and return its logits (1, c). A layer is taken if it has
    c outputs, and one of them equals the logits for every text; of several, the one that runs last.
    Raises ValueError where there is none.
    """
    linears = {path: each for path, each in model.named_modules() if isinstance(each, nn.Linear)}
    with _order_of(linears) as ran:
        n_classes = runs[0]().shape[1]
    for path in reversed(ran):
        if linears[path].out_features == n_classes and all(_makes(linears[path], run) for run in runs):
            return path, linears[path]
    raise ValueError(
        f"no linear layer of {type(model).__name__} has its {n_classes} logits as output: "
        "let it return what its last linear layer gives, not probabilities"
    )


def rows_read(module: nn.Linear, logits_of: Logits) -> tuple[Tensor, Tensor]:
    """(m, p) what the layer read and (m, c) the logits that it made of it.

    A layer that reads all tokens (m, t, p) makes the logits of one of them: the one whose output is nearest to them.
    Raises ValueError where no output is within 1e-4 of the largest logit.
    """
    with inputs_of(module) as kept:
        logits = logits_of()
    if not kept:
        raise ValueError("the last linear layer did not run for these texts: the model takes another way for them")
    x = kept[-1].flatten(1, -2) if kept[-1].ndim > 2 else kept[-1].unsqueeze(1)  # (m, t, p)
    if len(x) != len(logits):
        raise ValueError(f"the last linear layer reads {len(x)} rows for {len(logits)} texts: expected one each")
    difference = (module(x) - logits.unsqueeze(1)).abs().amax(dim=-1)  # (m, t)
    smallest, place = difference.min(dim=1)
    if not bool((smallest <= TOLERANCE * logits.abs().max()).all()) and bool(logits.isfinite().all()):
        raise ValueError(f"the last linear layer does not make the logits: they differ by {float(smallest.max()):.2e}")
    return x[torch.arange(len(x), device=x.device), place], logits


def _makes(module: nn.Linear, logits_of: Logits) -> bool:
    try:
        rows_read(module, logits_of)
    except ValueError:
        return False
    return True


@contextmanager
def _order_of(modules: dict[str, nn.Linear]) -> Iterator[Sequence[str]]:
    """The paths of these modules in the order in which they run inside the block."""
    ran: list[str] = []

    def note(path: str) -> Callable[[object, object], None]:
        return lambda _module, _inputs: ran.append(path)

    with ExitStack() as stack:
        for path, module in modules.items():
            stack.callback(module.register_forward_pre_hook(note(path)).remove)
        yield ran
