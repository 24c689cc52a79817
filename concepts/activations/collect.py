"""Collecting a dataset's activations to disk: in batches, with logits and previews, reused if nothing changed."""

import math
import os
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import count
from pathlib import Path
from typing import Literal, TypeVar

import numpy as np
import torch
from torch import Tensor

from concepts.activations.encoding_pass import Batch, EncodingPass
from concepts.activations.precision import fits_float16
from concepts.activations.previews import preview_of
from concepts.data.dataset import Dataset, Skipped
from concepts.models.behaviour import Behaviour, behaviour_of
from concepts.models.encoders.base import Encoder
from concepts.numerics.samples import even_sample
from concepts.storage.array_files import rows_as_npy, write_values
from concepts.storage.entries import drop, is_kept, mark_used, new_entry
from concepts.storage.listing import reason_of
from concepts.storage.store import key_of
from concepts.storage.typed_json import Count, Positive, read_typed, write_typed

INFO = "info.json"
FORMAT = 4  # increase when the stored format changes
CHUNK = 2**24  # values converted at a time
Progress = Callable[[float], None]
Item = TypeVar("Item")


@dataclass(frozen=True)
class PassSeconds:
    """Duration of the pass. `forward`: reading, decoding and preparing the photos, drawing thumbnails (in the same
    threads), and the model; `all`: also checking and writing activations."""

    forward: Positive
    all: Positive


@dataclass(frozen=True)
class ActivationsInfo:
    """The content of `info.json` for n photos.

    indices: for each row, the index of its photo in the set. shape: of one photo's activations (T..., p). grid: (h, w)
    of the positions that lie in the photo; named: the tokens before them, such as the class token. previews: whether
    pictures are kept beside the activations. skipped: the photos
    that could not be decoded, or for which the model gives NaN or infinity. split_check: max |h(g(x)) − f(x)| on the
    first of these photos; 0 where there is no head to check.
    """

    indices: tuple[Count, ...]
    dtype: Literal["float16", "float32"]
    shape: tuple[Count, ...]
    grid: tuple[Count, Count] | None
    named: tuple[str, ...]
    skipped: tuple[Skipped, ...]
    split_check: Positive
    seconds: PassSeconds
    previews: bool = True


@dataclass(frozen=True)
class Activations:
    """The activations of n photos in a folder: A (n, T..., p) read by rows, logits (n, c), thumbnails.

    An encoder without a head has no logits: c = 0.
    """

    folder: Path
    reused: bool = False

    @cached_property
    def info(self) -> ActivationsInfo:
        """The metadata in `info.json`."""
        return read_typed(ActivationsInfo, self.folder / INFO)

    def rows(self, start: int, stop: int) -> np.ndarray:
        """A[start:stop], (m, T..., p), float16 (float32 where the values require it); reads only these rows."""
        dtype, shape = np.dtype(self.info.dtype), self.info.shape
        stop = min(stop, len(self))
        size = math.prod(shape)
        flat = np.fromfile(
            self.folder / "activations.bin", dtype, (stop - start) * size, offset=start * size * dtype.itemsize
        )
        return flat.reshape(stop - start, *shape)

    @cached_property
    def logits(self) -> np.ndarray:
        """(n, c) float32: the model's logits, from the same pass."""
        return np.array(self._mapped_logits)

    def answers(self) -> np.ndarray | None:
        """(n,) int32: of each item the output with the largest logit, read in chunks; None where there is no choice."""
        logits = self._mapped_logits
        n, c = logits.shape
        if c < 2:
            return None
        step, found = max(1, CHUNK // c), np.empty(n, np.int32)
        for start in range(0, n, step):
            found[start : start + step] = logits[start : start + step].argmax(axis=1)
        return found

    @property
    def n_outputs(self) -> int:
        """c, 0 for an encoder without a head."""
        return int(self._mapped_logits.shape[1])

    @property
    def _mapped_logits(self) -> np.ndarray:
        """The logits where they lie: a head that promises more than the file holds is an error and no allocation."""
        return np.lib.format.open_memmap(self.folder / "logits.npy", mode="r")  # reads no pickle

    def check(self, *, thumbnails: int | None = None) -> None:
        """Raises ValueError or OSError where a file is missing or has another size than `info.json` says.

        thumbnails: how many of them are looked for, evenly spaced; None: all, a call of the system each.
        """
        info, file = self.info, self.folder / "activations.bin"
        size = len(self) * math.prod(info.shape) * np.dtype(info.dtype).itemsize
        if (found := file.stat().st_size) != size:
            raise ValueError(f"{file.name} has {found:,} bytes, expected {size:,}")
        if len(shape := self._mapped_logits.shape) != 2 or shape[0] != len(self):
            raise ValueError(f"logits.npy has shape {shape}, expected {len(self)} rows")
        n = len(self) if info.previews else 0
        for row in range(n) if thumbnails is None else even_sample(n, thumbnails):
            self.thumbnail(row).stat()

    @property
    def indices(self) -> tuple[int, ...]:
        """For each row, the index of its photo in the set; skipped photos are left out."""
        return self.info.indices

    @property
    def skipped(self) -> tuple[Skipped, ...]:
        """The photos left out in the pass. The photo set lists those that the source left out before."""
        return self.info.skipped

    @property
    def split_check(self) -> float:
        """max |h(g(x)) − f(x)| on the first of these photos; 0 where there is no head to check."""
        return self.info.split_check

    @property
    def grid(self) -> tuple[int, int] | None:
        """(h, w) of the positions that lie in the photo; None where there are none."""
        return self.info.grid

    @property
    def named(self) -> tuple[str, ...]:
        """Names of the positions before those of the grid, such as the class token."""
        return self.info.named

    def on_grid(self, start: int, stop: int) -> np.ndarray:
        """(m, h, w, p): `rows` on the grid, without the named positions. Raises ValueError where there is no grid."""
        if self.grid is None:
            raise ValueError("these activations have no places: choose a layer with a grid")
        flat = self.rows(start, stop)
        return flat.reshape(len(flat), -1, flat.shape[-1])[:, len(self.named) :].reshape(
            len(flat), *self.grid, flat.shape[-1]
        )

    @property
    def seconds(self) -> PassSeconds:
        """Duration of the first computation."""
        return self.info.seconds

    def thumbnail(self, row: int) -> Path:
        """JPEG of the model's input for the photo in that row."""
        return self.folder / "thumbnails" / f"{row:06d}.jpg"

    def __len__(self) -> int:
        return len(self.info.indices)

    def picked(self, rows: Sequence[int], device: str | torch.device = "cpu") -> Tensor:
        """A at these rows, (m, T..., p) float32."""
        return torch.from_numpy(np.concatenate([self.rows(row, row + 1) for row in rows])).to(device).float()

    def batches(self, size: int, device: str | torch.device = "cpu") -> Iterator[Tensor]:
        """Float32 tensors (≤ size, T..., p) in order."""
        mark_used(self.folder)
        for start in range(0, len(self), size):
            yield torch.from_numpy(self.rows(start, start + size)).to(device).float()


def collect_activations(
    encoder: Encoder[Item],
    dataset: Dataset[Item],
    store: Path,
    *,
    batch_size: int = 32,
    progress: Progress | None = None,
) -> Activations:
    """Activations of all usable items, for a split's layer or any encoder, from the store or computed now.

    The key is the model's weights, the layer, the transforms, and the items' contents and limits. Stored activations
    are reused if the encoder also behaves as it did then (`Behaviour`); else they are computed under another key.
    Items that cannot be read, or for which activations or logits are not finite, are left out and named. One batch is
    held in memory at a time; it is halved when memory runs out. Raises ValueError when no item is left, when the
    transform returns photos of two sizes, or when h(g(x)) ≠ f(x) on the photos.
    """
    final, behaviour = place_of(encoder, dataset, store)
    if final.is_dir():
        return Activations(final, reused=True)
    with new_entry(final) as folder:
        behaviour.save(folder)
        _store(encoder, dataset, folder, batch_size, progress)
    if is_of(final, behaviour):
        return Activations(final)
    # meanwhile, another process stored a model with the same key and another behaviour there
    return collect_activations(encoder, dataset, store, batch_size=batch_size, progress=progress)


def place_of(encoder: Encoder[Item], dataset: Dataset[Item], store: Path) -> tuple[Path, Behaviour]:
    """Where the store holds these activations, or will, and how the encoder behaves; what is there is whole."""
    key = key_of(
        format=FORMAT,
        model=encoder.card.fingerprint,
        layer=encoder.layer,
        transform=encoder.card.transform_text,
        photos=dataset.fingerprint(),
        **dataset.reading_limits,
        **_rounding(encoder),
    )
    behaviour = behaviour_of(encoder, dataset)
    places = _places(store, key)
    return next(place for place in places if not _is_whole(place) or is_of(place, behaviour)), behaviour


def _rounding(encoder: Encoder[Item]) -> dict[str, object]:
    """Parts of the key that only some models have: those that change no more than rounding."""
    alone = {"alone": True} if getattr(encoder, "alone", False) else {}  # before, such models were run in batches
    memory = getattr(encoder.card, "memory_format", "contiguous")
    return alone | ({} if memory == "contiguous" else {"memory_format": memory})


def _places(store: Path, key: str) -> Iterator[Path]:
    """The folders of models with that key, one after the other: the first for the model that came first."""
    yield store / f"activations-{key}"
    for number in count(1):
        yield store / f"activations-{key_of(key=key, number=number)}"


def _is_whole(folder: Path) -> bool:
    """True where the store holds activations there; damaged ones are removed, which a line says."""
    if not is_kept(folder):
        return False
    try:
        Activations(folder).check()
    except (ValueError, OSError) as error:
        drop(folder, reason_of(error, folder))
        return False
    return True


def is_of(folder: Path, behaviour: Behaviour) -> bool:
    """True where the stored activations are of an encoder with that behaviour."""
    stored = Behaviour.load(folder)
    return stored is not None and stored.agrees(behaviour)


def _store(
    encoder: Encoder[Item], dataset: Dataset[Item], folder: Path, batch_size: int, progress: Progress | None
) -> None:
    """Writes one pass over the dataset to the folder."""
    begin = time.perf_counter()
    preview = preview_of(encoder, dataset)
    run = EncodingPass(encoder, dataset, batch_size=batch_size, preview=preview)
    writer = _Writer(folder, previews=preview is not None)
    for batch in run.batches():
        writer.add(batch)
        if progress:
            progress((batch.indices[-1] + 1) / len(dataset))
    writer.end()
    info = ActivationsInfo(
        indices=tuple(writer.indices),
        dtype="float16" if writer.dtype == torch.float16 else "float32",
        shape=writer.shape,
        grid=encoder.grid,
        named=encoder.named,
        skipped=tuple(run.skipped),
        split_check=run.split_check or 0.0,
        seconds=PassSeconds(forward=run.seconds, all=time.perf_counter() - begin),
        previews=preview is not None,
    )
    write_typed(folder / INFO, info)


class _Writer:
    """Writes batches to a folder, none of which stays in memory: activations as float16 while that suffices, logits,
    previews."""

    def __init__(self, folder: Path, *, previews: bool) -> None:
        self.folder, self.previews = folder, previews
        self.indices: list[int] = []
        self.n_outputs = 0
        self.shape: tuple[int, ...] = ()
        self.dtype = torch.float16
        self.largest = 0.0  # magnitude so far
        if previews:
            (folder / "thumbnails").mkdir()

    def add(self, batch: Batch) -> None:
        for row, preview in enumerate(batch.previews if self.previews else (), start=len(self.indices)):
            (self.folder / "thumbnails" / f"{row:06d}.jpg").write_bytes(preview)
        self._write(batch.A)
        self.n_outputs = batch.logits.shape[1]
        with self._logits.open("ab") as file:
            write_values(file, batch.logits.numpy().astype(np.float32, copy=False))
        self.indices += batch.indices

    def end(self) -> None:
        """Makes the logits a file that NumPy opens."""
        shape = (len(self.indices), self.n_outputs)
        rows_as_npy(self._logits, self.folder / "logits.npy", shape, np.dtype(np.float32))

    @property
    def _logits(self) -> Path:
        return self.folder / "logits.rows"

    def _write(self, A: Tensor) -> None:
        self.largest, self.shape = max(self.largest, A.abs().max().item()), tuple(A.shape[1:])
        if self.dtype == torch.float16 and not fits_float16(self.largest):
            self._widen()
        with (self.folder / "activations.bin").open("ab") as file:
            write_values(file, A.to(self.dtype).numpy())

    def _widen(self) -> None:
        """Converts the values written so far to float32, and writes all further ones as float32."""
        self.dtype = torch.float32
        narrow, wide = self.folder / "activations.bin", self.folder / "activations.wide"
        if not narrow.is_file():
            return
        with narrow.open("rb") as source, wide.open("wb") as target:
            while len(part := np.fromfile(source, np.float16, CHUNK)):
                write_values(target, part.astype(np.float32))
        os.replace(wide, narrow)
