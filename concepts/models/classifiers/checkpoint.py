"""Reading a checkpoint from a local file without running code from it."""

import pickle
import re
import warnings
from pathlib import Path
from threading import Lock

import torch
from torch import Tensor

from concepts.models.classifiers.file_kinds import kind_of
from concepts.models.classifiers.harmless import HARMLESS

_ONE_AT_A_TIME = Lock()  # what torch's reader allows, and which warnings are shown, holds for the whole process
REFUSED_CLASS = re.compile(r"GLOBAL (\S+) (?:was not an allowed|whose module)|but got <class '([^']+)'>")


def read_checkpoint(path: Path) -> object:
    """The content of a file of safetensors or torch.save, judged by what it holds: mappings, lists, tensors, numbers.

    A pickle is read with weights_only=True: one that contains code is refused, not run. Objects of harmless classes
    (`harmless`) are ignored.
    Raises ValueError when the file is missing, of another kind, broken or refused.
    """
    return _read_safetensors(path) if kind_of(path) == "safetensors" else _read_pickle(path)


def _read_safetensors(path: Path) -> dict[str, Tensor]:
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    try:
        return load_file(path)
    except (SafetensorError, OSError) as error:
        raise ValueError(f"{str(path)!r} cannot be read as safetensors: {error}") from error


def _read_pickle(path: Path) -> object:
    try:
        with (
            _ONE_AT_A_TIME,
            warnings.catch_warnings(action="ignore"),
            torch.serialization.safe_globals(HARMLESS),
            path.open("rb") as file,  # torch judges a path by its suffix
        ):
            return torch.load(file, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        raise ValueError(f"{str(path)!r} {_reason(str(error))}") from error
    except Exception as error:  # a broken file can make torch.load raise anything
        raise ValueError(f"{str(path)!r} cannot be read as a torch weights file: {_first_line(error)}") from error


def _reason(text: str) -> str:
    """Why torch's restricted reader refused a file, in one line."""
    save = "save model.state_dict() as .safetensors, or by torch.save"
    if "Unsupported operand" in text:
        return f"cannot be read: it is not written with torch.save's own pickle protocol, 2; {save} without a protocol"
    found = REFUSED_CLASS.search(text)
    name = f"an object of {found[1] or found[2]}" if found else "objects"
    return (
        f"holds more than tensors: {name} (a pickle that would run code, or a whole model); it was refused and its "
        f"code was not run: {save}, or give a file.py:factory"
    )


def _first_line(error: Exception) -> str:
    if "Invalid magic number" in str(error):
        return "it is a pickle that torch.save did not write"
    return (str(error) or type(error).__name__).strip().split("\n")[0]
