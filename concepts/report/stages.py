"""The stages of the main job: timed, told to whoever watches, remembered so that a killed job goes on."""

import os
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np

STAGES = ("activations", "concepts", "importance", "sub-concepts", "strategies", "report")
Progress = Callable[[str, float], None]  # stage, done share of it in [0, 1]
Arrays = dict[str, np.ndarray]


class Stages:
    """Times each stage, passes its progress on, and keeps what it computed in the store."""

    def __init__(self, store: Path, progress: Progress | None = None) -> None:
        self.store = store
        self.seconds: dict[str, float] = {}
        self.reused: list[str] = []
        self._progress = progress or (lambda stage, share: None)

    @contextmanager
    def stage(self, name: str) -> Iterator[Callable[[float], None]]:
        """The time of the block counts for that stage; yields a function to report its progress."""
        self._progress(name, 0.0)
        begin = time.perf_counter()
        yield lambda share: self._progress(name, share)
        self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - begin
        self._progress(name, 1.0)

    def remembered(self, name: str, key: str, compute: Callable[[], Arrays]) -> Arrays:
        """The arrays of a stage: from the store when this key was computed before, else computed and stored."""
        from safetensors.numpy import load_file, save_file

        file = self.store / f"{name}-{key}.safetensors"
        with suppress(FileNotFoundError):  # never computed, or pruned by another process just now
            os.utime(file)  # lately used: `prune` takes others
            arrays = load_file(file)
            self.reused.append(name)
            return arrays
        arrays = {part: np.require(value, requirements="C") for part, value in compute().items()}
        self.store.mkdir(parents=True, exist_ok=True)
        unfinished = file.with_name(f".{file.name}.{uuid.uuid4().hex[:8]}.part")
        save_file(arrays, unfinished)
        os.replace(unfinished, file)
        return arrays
