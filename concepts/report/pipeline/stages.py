"""The stages of the main job: timed, reported to the caller, and stored so that a killed job can resume."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import fields
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from concepts.storage.entries import drop
from concepts.storage.listing import reason_of
from concepts.storage.store import new_file

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Stored = TypeVar("Stored", bound="DataclassInstance")

DIGEST = "digest"  # of the arrays, in the file's metadata
STAGES = (
    "class order",
    "activations",
    "concepts",
    "importance",
    "sub-concepts",
    "strategies",
    "evidence",
    "words",
    "probes",
    "report",
)
Progress = Callable[[str, float], None]  # stage, done share of it in [0, 1]
Arrays = dict[str, np.ndarray]  # by names that the caller chooses


class Stages:
    """Times each stage, passes on its progress, and keeps its results in the store."""

    def __init__(self, store: Path, progress: Progress | None = None) -> None:
        self.store = store
        self.seconds: dict[str, float] = {}
        self.reused: list[str] = []
        self._progress = progress or (lambda stage, share: None)

    @contextmanager
    def stage(self, name: str) -> Iterator[Callable[[float], None]]:
        """Adds the time of the block to this stage; yields a function that reports its progress."""
        self._progress(name, 0.0)
        begin = time.perf_counter()
        yield lambda share: self._progress(name, share)
        self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - begin
        self._progress(name, 1.0)

    def remembered(self, kind: type[Stored], name: str, key: str, compute: Callable[[], Stored]) -> Stored:
        """The result of a stage: from the store if this key was computed before, else computed and stored.

        kind: a dataclass of arrays and plain numbers; it is stored by the names of its fields.
        """
        from safetensors.numpy import save_file

        file = self.store / f"{name}-{key}.safetensors"
        if (stored := _stored(kind, file)) is not None:
            self.reused.append(name)
            return stored
        found = compute()
        arrays = to_arrays(found)
        with new_file(file) as unfinished:
            save_file(arrays, unfinished, {DIGEST: digest_of(arrays)})
        return found


def _stored(kind: type[Stored], file: Path) -> Stored | None:
    """The stored result; None where there is none, or it is damaged, which is then removed and said."""
    try:
        os.utime(file)  # recently used: `prune` removes others first
        return from_arrays(kind, _read(file))
    except FileNotFoundError:  # never computed, or pruned by another process just now
        return None
    except (ValueError, OSError) as error:
        drop(file, reason_of(error, file))
        return None


def _read(file: Path) -> Arrays:
    """The arrays in a file. Raises ValueError or OSError where they are damaged; older files have no digest."""
    from safetensors import SafetensorError, safe_open

    if not file.is_file():
        raise ValueError("it is no file")
    try:
        with safe_open(file, framework="np") as stored:
            arrays = {name: stored.get_tensor(name) for name in stored.keys()}  # noqa: SIM118 - not a dict
            digest = (stored.metadata() or {}).get(DIGEST)
    except (SafetensorError, TypeError, AttributeError) as error:  # the last two: types that NumPy lacks
        raise ValueError(str(error)) from error
    if digest is not None and digest != digest_of(arrays):
        raise ValueError("its arrays are not as they were written")
    return arrays


def digest_of(arrays: Arrays) -> str:
    """A hash of names, types, shapes and values."""
    whole = blake2b(digest_size=16)
    for name, array in sorted(arrays.items()):
        whole.update(f"{name}={array.dtype}{array.shape}:".encode())
        whole.update(np.ascontiguousarray(array).reshape(-1).view(np.uint8).data)
    return whole.hexdigest()


def to_arrays(value: "DataclassInstance") -> Arrays:
    """The fields of a dataclass of arrays and plain numbers, as arrays by field name; a number has no dimension."""
    return {field.name: np.require(getattr(value, field.name), requirements="C") for field in fields(value)}


def from_arrays(kind: type[Stored], arrays: Arrays) -> Stored:
    """The dataclass from the arrays of `to_arrays`. Raises ValueError where one is missing."""
    if missing := {field.name for field in fields(kind)} - arrays.keys():
        raise ValueError(f"it holds no {', no '.join(sorted(missing))}")
    parts = {name: array if array.ndim else array.item() for name, array in arrays.items()}
    return kind(**{field.name: parts[field.name] for field in fields(kind)})
