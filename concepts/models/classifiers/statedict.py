"""Reading a state dict from a local file without running code from it, and loading it into a model."""

import pickle
import re
from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path
from typing import TypeGuard

import torch
from torch import Tensor, nn

PICKLES = (".pt", ".pth", ".bin", ".ckpt")
SUFFIXES = (".safetensors", *PICKLES)
WRAPPERS = ("state_dict", "model", "model_state_dict")
OLD_DENSENET_KEY = re.compile(
    r"^(.*denselayer\d+\.(?:norm|relu|conv))\.([12]\.(?:weight|bias|running_mean|running_var))$"
)


def read_state_dict(path: Path) -> Mapping[str, Tensor]:
    """Names and tensors of a .safetensors or .pt/.pth file; wrappers and `module.` prefixes are removed.

    A pickle is read with weights_only=True: one that contains code is refused, not run.
    Raises ValueError when the file is missing, of another kind, broken, refused, or holds no state dict.
    """
    if not path.is_file():
        raise ValueError(f"no weights file {str(path)!r}: check the path")
    if path.suffix.lower() not in SUFFIXES:
        raise ValueError(f"weights file {str(path)!r}: expected one of {', '.join(SUFFIXES)}")
    content = _read_pickle(path) if path.suffix.lower() in PICKLES else _read_safetensors(path)
    return _without_wrapping(content, path)


def _read_safetensors(path: Path) -> dict[str, Tensor]:
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    try:
        return load_file(path)
    except (SafetensorError, OSError) as error:
        raise ValueError(f"{str(path)!r} cannot be read as safetensors: {error}") from error


def _read_pickle(path: Path) -> object:
    try:
        return torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        raise ValueError(
            f"{str(path)!r} holds more than tensors (a pickle that would run code, or a whole model); it was refused "
            "and its code was not run: save model.state_dict() as .safetensors, or give a file.py:factory"
        ) from error
    except Exception as error:  # a broken file can make torch.load raise anything
        first_line = str(error).strip().split("\n")[0]
        raise ValueError(f"{str(path)!r} cannot be read as a torch weights file: {first_line}") from error


def _without_wrapping(content: object, path: Path) -> Mapping[str, Tensor]:
    while isinstance(content, Mapping):
        inner = next((content[key] for key in WRAPPERS if isinstance(content.get(key), Mapping)), None)
        if inner is None:
            break
        content = inner
    if not _is_state_dict(content):
        raise ValueError(f"{str(path)!r} holds no state dict: expected names and tensors, as model.state_dict() gives")
    while all(key.startswith("module.") for key in content):
        content = {key.removeprefix("module."): value for key, value in content.items()}
    return content


def _is_state_dict(content: object) -> TypeGuard[Mapping[str, Tensor]]:
    return isinstance(content, Mapping) and bool(content) and all(isinstance(each, Tensor) for each in content.values())


def for_torchvision(state: Mapping[str, Tensor]) -> Mapping[str, Tensor]:
    """The state dict without auxiliary heads (never used in eval mode), old DenseNet names converted to new ones."""
    kept = {key: value for key, value in state.items() if not key.startswith(("aux1.", "aux2.", "AuxLogits."))}
    result = OrderedDict((OLD_DENSENET_KEY.sub(r"\1\2", key), value) for key, value in kept.items())
    if hasattr(state, "_metadata"):
        result._metadata = state._metadata  # type: ignore[attr-defined]
    return result


def classes_in(state: Mapping[str, Tensor], model: nn.Module, n_classes: int) -> int:
    """Number of classes in the state dict, from tensors that differ from the model's in the first size only."""
    found = {
        state[key].shape[0]
        for key, value in model.state_dict().items()
        if key in state and state[key].ndim and value.ndim
        if value.shape[0] == n_classes != state[key].shape[0] and value.shape[1:] == state[key].shape[1:]
    }
    return found.pop() if len(found) == 1 else n_classes


def put_into(model: nn.Module, state: Mapping[str, Tensor], path: Path) -> None:
    """Copy the state dict into the model.

    Raises ValueError with one line that names the first few keys that are missing, unexpected or of another shape.
    BatchNorm's counters may be missing: old files lack them and eval mode does not use them.
    """
    own = model.state_dict()
    missing = [key for key in own if key not in state and not key.endswith("num_batches_tracked")]
    unexpected = [key for key in state if key not in own]
    shapes = [
        f"{key} {tuple(state[key].shape)} for {tuple(value.shape)}"
        for key, value in own.items()
        if key in state and isinstance(value, Tensor) and value.shape != state[key].shape
    ]
    faults = [("missing", missing), ("unexpected", unexpected), ("of another shape", shapes)]
    if text := "; ".join(f"{_few(keys)} {what}" for what, keys in faults if keys):
        raise ValueError(f"{str(path)!r} does not fit the model: {text}. Is it of this architecture?")
    if not hasattr(state, "_metadata"):  # MNASNet reads its version from it; safetensors has none
        state = OrderedDict(state)
        state._metadata = own._metadata  # type: ignore[attr-defined]
    model.load_state_dict(state, strict=False)


def _few(keys: list[str]) -> str:
    more = f" and {len(keys) - 3} more" if len(keys) > 3 else ""
    return ", ".join(keys[:3]) + more
