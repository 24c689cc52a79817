"""Loading a state dict into a model."""

import re
from collections import OrderedDict
from collections.abc import Collection, Mapping
from pathlib import Path

from torch import Tensor, nn

from concepts.data.texts import one_line
from concepts.models.classifiers.tensor_check import is_dense

SHOWN = 120  # characters of a name in an error
State = Mapping[str, Tensor]
OLD_DENSENET_KEY = re.compile(
    r"^(.*denselayer\d+\.(?:norm|relu|conv))\.([12]\.(?:weight|bias|running_mean|running_var))$"
)


def for_torchvision(state: State) -> State:
    """The state dict without auxiliary heads (never used in eval mode), old DenseNet names converted to new ones."""
    kept = {key: value for key, value in state.items() if not key.startswith(("aux1.", "aux2.", "AuxLogits."))}
    result = OrderedDict((OLD_DENSENET_KEY.sub(r"\1\2", key), value) for key, value in kept.items())
    if hasattr(state, "_metadata"):
        result._metadata = state._metadata  # type: ignore[attr-defined]
    return result


def classes_in(state: State, model: nn.Module, n_classes: int) -> int:
    """Number of classes in the state dict, from tensors that differ from the model's in the first size only."""
    found = {
        state[key].shape[0]
        for key, value in model.state_dict().items()
        if key in state and state[key].ndim and value.ndim
        if value.shape[0] == n_classes != state[key].shape[0] and value.shape[1:] == state[key].shape[1:]
    }
    return found.pop() if len(found) == 1 else n_classes


def missing_names(model: nn.Module, names: Collection[str]) -> list[str]:
    """Names of the model's tensors that are not among `names`.

    BatchNorm's counters may be missing: old files lack them and eval mode does not use them. So may all but one name
    of a tensor that several modules share: safetensors keeps one of them.
    """
    shared = {name: id(value) for name, value in model.state_dict(keep_vars=True).items()}
    there = {shared[name] for name in names if name in shared}
    return [name for name, value in shared.items() if value not in there and not name.endswith("num_batches_tracked")]


def put_into(model: nn.Module, state: State, path: Path) -> None:
    """Copy the state dict into the model. Raises ValueError as `check_fits` does."""
    check_fits(model, state, path)
    if not hasattr(state, "_metadata"):  # MNASNet reads its version from it; safetensors has none
        state = OrderedDict(state)
        state._metadata = model.state_dict()._metadata  # type: ignore[attr-defined]
    model.load_state_dict(state, strict=False)


def check_fits(model: nn.Module, state: State, path: Path) -> None:
    """Compares the state dict with the model, which may lie on the device meta: nothing is allocated.

    Raises ValueError with one line that names the first few keys that are missing (`missing_names`), unexpected, of
    another shape, or whose values are not one each in memory, real numbers for real ones.
    """
    own = model.state_dict()
    unexpected = [key for key in state if key not in own]
    shapes = [
        f"{key} {tuple(state[key].shape)} for {tuple(value.shape)}"
        for key, value in own.items()
        if key in state and isinstance(value, Tensor) and value.shape != state[key].shape
    ]
    unusual = [
        key
        for key, value in own.items()
        if key in state and isinstance(value, Tensor)
        if not is_dense(state[key]) or (state[key].is_complex() and not value.is_complex())
    ]
    faults = [("missing", missing_names(model, state)), ("unexpected", unexpected), ("of another shape", shapes)]
    faults += [("not dense tensors of real numbers, as value.contiguous() gives", unusual)]
    if text := "; ".join(f"{few(keys)} {what}" for what, keys in faults if keys):
        raise ValueError(f"{str(path)!r} does not fit the model: {text}. Is it of this architecture?")


def few(names: list[str]) -> str:
    """The first three names, each cut to part of a line, and the number of the others."""
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return ", ".join(one_line(name, SHOWN) for name in names[:3]) + more
