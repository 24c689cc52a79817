"""The stages of the main job: timed, reported to the caller, and stored so that a killed job can resume."""

import os
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import numpy as np

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Stored = TypeVar("Stored", bound="DataclassInstance")

STAGES = ("class order", "activations", "concepts", "importance", "sub-concepts", "strategies", "report")
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
        from safetensors.numpy import load_file, save_file

        file = self.store / f"{name}-{key}.safetensors"
        with suppress(FileNotFoundError):  # never computed, or pruned by another process just now
            os.utime(file)  # recently used: `prune` removes others first
            found = from_arrays(kind, load_file(file))
            self.reused.append(name)
            return found
        found = compute()
        self.store.mkdir(parents=True, exist_ok=True)
        unfinished = file.with_name(f".{file.name}.{uuid.uuid4().hex[:8]}.part")
        save_file(to_arrays(found), unfinished)
        os.replace(unfinished, file)
        return found


def to_arrays(value: "DataclassInstance") -> Arrays:
    """The fields of a dataclass of arrays and plain numbers, as arrays by field name; a number has no dimension."""
    return {field.name: np.require(getattr(value, field.name), requirements="C") for field in fields(value)}


def from_arrays(kind: type[Stored], arrays: Arrays) -> Stored:
    """The dataclass from the arrays of `to_arrays`."""
    parts = {name: array if array.ndim else array.item() for name, array in arrays.items()}
    return kind(**{field.name: parts[field.name] for field in fields(kind)})
