"""Reading a checkpoint from a local file: no code in it is run, and no more is built than the file holds."""

import io
import mmap
import pickle
import re
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path
from threading import Lock

import torch
from torch import Tensor

from concepts.data.texts import one_line
from concepts.models.classifiers.file_kinds import Kind, kind_of
from concepts.models.classifiers.harmless import HARMLESS
from concepts.models.classifiers.pickle_check import PickleCheck
from concepts.models.classifiers.zip_check import check_zip

_ONE_AT_A_TIME = Lock()  # what torch's reader allows, and which warnings are shown, holds for the whole process
REFUSED_CLASS = re.compile(r"GLOBAL (\S+) (?:was not an allowed|whose module)|but got <class '([^']+)'>")


def read_checkpoint(path: Path) -> object:
    """The content of a file of safetensors or torch.save, judged by what it holds: mappings, lists, tensors, numbers.

    A pickle is read with weights_only=True: one that contains code is refused, not run. Objects of harmless classes
    (`harmless`) are ignored. Before that, its size in memory is bounded by the file's (`pickle_check`, `zip_check`).
    Raises ValueError when the file is missing, of another kind, broken or refused.
    """
    kind = kind_of(path)
    return _read_safetensors(path) if kind == "safetensors" else _read_pickle(path, CHECKS[kind])


def _read_safetensors(path: Path) -> dict[str, Tensor]:
    from safetensors.torch import load_file

    try:
        return load_file(path)
    except Exception as error:  # of a broken file: SafetensorError, OSError, KeyError for a dtype, RuntimeError
        raise ValueError(f"{str(path)!r} cannot be read as safetensors: {one_line(error)}") from error


def _read_pickle(path: Path, check: Callable[[Path], None]) -> object:
    try:
        with (
            _ONE_AT_A_TIME,
            warnings.catch_warnings(action="ignore"),
            torch.serialization.safe_globals(HARMLESS),
            path.open("rb") as file,  # torch judges a path by its suffix
        ):
            check(path)
            return torch.load(file, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        raise ValueError(f"{str(path)!r} {_reason(str(error))}") from error
    except Exception as error:  # a broken file can make torch.load raise anything
        raise ValueError(f"{str(path)!r} cannot be read as a torch weights file: {one_line(error)}") from error


def _check_zipped(path: Path) -> None:
    records = check_zip(path)
    with zipfile.ZipFile(path) as archive:
        content = archive.read(f"{archive.namelist()[0].partition('/')[0]}/data.pkl")
    check = PickleCheck(path.stat().st_size)
    check.follow(io.BytesIO(content))
    for key, storage in check.storages.items():
        if records.get(f"data/{key}", -1) < storage.n_bytes:
            raise ValueError("the values of a tensor are missing, or fewer than is said")


def _check_plain(path: Path) -> None:
    """The format before the zip: pickles one after the other, then the values."""
    check = PickleCheck(path.stat().st_size)
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        if check.follow(content) != torch.serialization.MAGIC_NUMBER:
            raise ValueError("it is a pickle that torch.save did not write")
        if check.follow(content) != torch.serialization.PROTOCOL_VERSION:
            raise ValueError("it is of an unknown version of torch.save")
        for _ in ("about the system", "the content"):
            check.follow(content)
        keys = check.follow(content)
    if not isinstance(keys, list) or not all(isinstance(key, str) for key in keys):
        raise ValueError("it does not list its values")


CHECKS: dict[Kind, Callable[[Path], None]] = {"zip": _check_zipped, "pickle": _check_plain}


def _reason(text: str) -> str:
    """Why torch's restricted reader refused a file, in one line."""
    save = "save model.state_dict() as .safetensors, or by torch.save"
    if "Unsupported operand" in text:
        return f"cannot be read: it is not written with torch.save's own pickle protocol, 2; {save} without a protocol"
    found = REFUSED_CLASS.search(text)
    name = f"an object of {one_line(found[1] or found[2], 100)}" if found else "objects"
    return (
        f"holds more than tensors: {name} (a pickle that would run code, or a whole model); it was refused and its "
        f"code was not run: {save}, or give a file.py:factory"
    )
