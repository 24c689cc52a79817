"""Photos → activations on disk: in batches, with logits and thumbnails, reused when all is the same."""

import math
import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from concepts.encoders.base import ImageEncoder
from concepts.halves import half_suits
from concepts.models.transform import check_size
from concepts.photos import PhotoSet, Skipped, UnreadablePhoto, read_many
from concepts.pictures import jpeg_bytes
from concepts.store import key_of, new_folder
from concepts.typed_json import Count, Positive, read_typed, write_typed

INFO = "info.json"
FORMAT = 3  # raise when what is stored changes
CHECKED = 8  # photos on which the split is checked against the whole model
CHUNK = 2**24  # values converted at a time
Progress = Callable[[float], None]


@dataclass(frozen=True)
class PassSeconds:
    """What the pass took. `forward`: reading, decoding and preparing the photos, drawing thumbnails (by the same
    threads), and the model; `all`: with checking and writing activations."""

    forward: Positive
    all: Positive


@dataclass(frozen=True)
class ActivationsInfo:
    """What `info.json` holds of n photos.

    indices: for each row, the place of its photo in the set. shape: of one photo's activations (T..., p). grid: (h, w)
    of the positions that have a place in the photo; named: those before them, the class token and the like. skipped:
    the photos that could not be decoded. split_check: max |h(g(x)) − f(x)| on the first of these photos; 0 where there
    is no head to check.
    """

    indices: tuple[Count, ...]
    dtype: Literal["float16", "float32"]
    shape: tuple[Count, ...]
    grid: tuple[Count, Count] | None
    named: tuple[str, ...]
    skipped: tuple[Skipped, ...]
    split_check: Positive
    seconds: PassSeconds


@dataclass(frozen=True)
class Activations:
    """The activations of n photos in a folder: A (n, T..., p) read by rows, logits (n, c), thumbnails.

    Of an encoder without a head there are no logits: c = 0.
    """

    folder: Path
    reused: bool = False

    @cached_property
    def info(self) -> ActivationsInfo:
        """What they are of."""
        return read_typed(ActivationsInfo, self.folder / INFO)

    def rows(self, start: int, stop: int) -> np.ndarray:
        """A[start:stop], (m, T..., p), float16 (float32 where the values need it); reads just these rows."""
        dtype, shape = np.dtype(self.info.dtype), self.info.shape
        stop = min(stop, len(self))
        size = math.prod(shape)
        flat = np.fromfile(
            self.folder / "activations.bin", dtype, (stop - start) * size, offset=start * size * dtype.itemsize
        )
        return flat.reshape(stop - start, *shape)

    @cached_property
    def logits(self) -> np.ndarray:
        """(n, c) float32: the model's own answers, from the same pass."""
        return np.load(self.folder / "logits.npy", allow_pickle=False)

    @property
    def indices(self) -> tuple[int, ...]:
        """For each row, the index of its photo in the set: unreadable ones are left out."""
        return self.info.indices

    @property
    def skipped(self) -> tuple[Skipped, ...]:
        """The photos that could not be decoded. What the source left out beforehand, the photo set knows."""
        return self.info.skipped

    @property
    def split_check(self) -> float:
        """max |h(g(x)) − f(x)| on the first of these photos; 0 where there is no head to check."""
        return self.info.split_check

    @property
    def grid(self) -> tuple[int, int] | None:
        """(h, w) of the positions that have a place in the photo; None where none has."""
        return self.info.grid

    @property
    def named(self) -> tuple[str, ...]:
        """Names of the positions before those of the grid: the class token and the like."""
        return self.info.named

    def on_grid(self, start: int, stop: int) -> np.ndarray:
        """(m, h, w, p): `rows` on their places, the named ones left out. Raises ValueError where there is no grid."""
        if self.grid is None:
            raise ValueError("these activations have no places: choose a layer with a grid")
        flat = self.rows(start, stop)
        return flat.reshape(len(flat), -1, flat.shape[-1])[:, len(self.named) :].reshape(
            len(flat), *self.grid, flat.shape[-1]
        )

    @property
    def seconds(self) -> PassSeconds:
        """What they took when first computed."""
        return self.info.seconds

    def thumbnail(self, row: int) -> Path:
        """JPEG of what the model saw of the photo in that row."""
        return self.folder / "thumbnails" / f"{row:06d}.jpg"

    def __len__(self) -> int:
        return len(self.info.indices)

    def picked(self, rows: Sequence[int], device: str | torch.device = "cpu") -> Tensor:
        """A of these rows, (m, T..., p) float32."""
        return torch.from_numpy(np.concatenate([self.rows(row, row + 1) for row in rows])).to(device).float()

    def batches(self, size: int, device: str | torch.device = "cpu") -> Iterator[Tensor]:
        """Float32 tensors (≤ size, T..., p) in order."""
        os.utime(self.folder)  # in use: `prune` leaves it
        for start in range(0, len(self), size):
            yield torch.from_numpy(self.rows(start, start + size)).to(device).float()


def collect_activations(
    split: ImageEncoder,
    photos: PhotoSet,
    store: Path,
    *,
    batch_size: int = 32,
    progress: Progress | None = None,
) -> Activations:
    """Activations of all readable photos at the split's layer, or any encoder's, from the store or computed now.

    The key is the model's weights, the layer, the transforms, and the photos' contents and limits. Memory holds a
    batch at a time; the batch is halved when memory runs out. Raises ValueError when no photo can be read, when the
    transform gives photos of two sizes, when activations are not finite, or when h(g(x)) is not f(x) on the photos.
    """
    key = key_of(
        format=FORMAT,
        model=split.card.fingerprint,
        layer=split.layer,
        transform=split.card.transform_text,
        photos=photos.fingerprint(),
        max_pixels=photos.limits.max_pixels,  # decides which photos are skipped
    )
    final = store / f"activations-{key}"
    with suppress(FileNotFoundError):
        os.utime(final)  # lately used: `prune` takes others
        return Activations(final, reused=True)
    with new_folder(final, keep=True) as folder:
        _Collector(split, photos, folder, batch_size, progress).run()
    return Activations(final)


class _Collector:
    """One pass over the photos; holds what the pass needs to remember."""

    def __init__(
        self, split: ImageEncoder, photos: PhotoSet, folder: Path, batch_size: int, progress: Progress | None
    ) -> None:
        self.split, self.photos, self.folder = split, photos, folder
        self.head, self.measure = (getattr(split, name, None) for name in ("head", "measure"))  # a split has them
        self.batch_size, self.progress = batch_size, progress
        self.indices: list[int] = []
        self.skipped: list[Skipped] = []
        self.logits: list[np.ndarray] = []
        self.dtype = torch.float16
        self.largest = 0.0  # magnitude so far
        self.shape: tuple[int, ...] = ()
        self.size: tuple[int, ...] = ()  # of a prepared photo
        self.split_check: float | None = None
        self.forward_seconds = 0.0
        self.show = picture_of(split)
        (folder / "thumbnails").mkdir()

    def run(self) -> None:
        begin = time.perf_counter()
        for indices, images in self._batches():
            self._add(indices, images)
            if self.progress:
                self.progress((indices[-1] + 1) / len(self.photos))
        if not self.indices:
            reasons = "; ".join(f"{s.name}: {s.reason}" for s in self.skipped[:3])
            raise ValueError(f"none of the {len(self.photos)} photos could be read ({reasons})")
        self._finish(time.perf_counter() - begin)

    def _batches(self) -> Iterator[tuple[list[int], Tensor]]:
        waiting: list[tuple[int, Tensor]] = []
        last, begin = len(self.photos) - 1, time.perf_counter()
        for index, read in read_many(self.photos, range(len(self.photos)), transform=self._prepared):
            if isinstance(read, UnreadablePhoto):
                self.skipped.append(Skipped(self.photos.names[index], read.reason))
            else:
                image, thumbnail = read
                self.size = self.size or tuple(image.shape)
                check_size(image, self.size, self.photos.names[index])
                (self.folder / "thumbnails" / f"{len(self.indices) + len(waiting):06d}.jpg").write_bytes(thumbnail)
                waiting.append((index, image))
            if waiting and (len(waiting) >= self.batch_size or index == last):
                self.forward_seconds += time.perf_counter() - begin
                yield [i for i, _ in waiting], torch.stack([x for _, x in waiting])
                waiting, begin = [], time.perf_counter()

    def _prepared(self, photo: Image.Image) -> tuple[Tensor, bytes]:
        """The model's input, (3, H, W), and what it shows as a JPEG; run by the threads that decode."""
        image = self.split.card.prepare(photo)
        return image, jpeg_bytes(Image.fromarray(self.show(image)))

    def _add(self, indices: list[int], images: Tensor) -> None:
        begin = time.perf_counter()
        A, logits = self._run_model(images)
        self.forward_seconds += time.perf_counter() - begin
        if self.split_check is None:
            checked = images[: min(CHECKED, self.batch_size)]
            self.split_check = self.measure(checked) if self.measure else 0.0
        self._write(A)
        self.logits.append(logits.numpy())
        self.indices += indices

    def _run_model(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """A (m, T..., p) and logits (m, c) of a batch, in halves when memory runs out."""
        try:
            with torch.inference_mode():
                A = self.split.encode(images.to(self.split.device, non_blocking=True))
                logits = self.head(A) if self.head else A.new_zeros(len(A), 0)
                return A.cpu(), logits.float().cpu()
        except (RuntimeError, MemoryError) as error:
            if not out_of_memory(error):
                raise
            if len(images) == 1:
                raise ValueError("memory runs out on a single image: choose a smaller model or free memory") from error
        torch.cuda.empty_cache()
        self.batch_size = max(1, len(images) // 2)
        parts = [self._run_model(half) for half in images.split(self.batch_size)]
        return torch.cat([a for a, _ in parts]), torch.cat([z for _, z in parts])

    def _write(self, A: Tensor) -> None:
        largest = A.abs().max().item()
        if not math.isfinite(largest):
            raise ValueError(f"layer {self.split.layer} gives NaN or infinity: check the weights and the transforms")
        self.largest, self.shape = max(self.largest, largest), tuple(A.shape[1:])
        if self.dtype == torch.float16 and not half_suits(self.largest):
            self._widen()
        with (self.folder / "activations.bin").open("ab") as file:
            A.to(self.dtype).numpy().tofile(file)

    def _widen(self) -> None:
        """What is written so far, and all that follows, as float32."""
        self.dtype = torch.float32
        narrow, wide = self.folder / "activations.bin", self.folder / "activations.wide"
        if not narrow.is_file():
            return
        with narrow.open("rb") as source, wide.open("wb") as target:
            while len(part := np.fromfile(source, np.float16, CHUNK)):
                part.astype(np.float32).tofile(target)
        os.replace(wide, narrow)

    def _finish(self, seconds: float) -> None:
        np.save(self.folder / "logits.npy", np.concatenate(self.logits))
        info = ActivationsInfo(
            indices=tuple(self.indices),
            dtype="float16" if self.dtype == torch.float16 else "float32",
            shape=self.shape,
            grid=self.split.grid,
            named=self.split.named,
            skipped=tuple(self.skipped),
            split_check=self.split_check or 0.0,
            seconds=PassSeconds(forward=self.forward_seconds, all=seconds),
        )
        write_typed(self.folder / INFO, info)


def out_of_memory(error: Exception) -> bool:
    """Did this error mean that memory ran out, on a GPU or in the machine?"""
    return isinstance(error, torch.OutOfMemoryError | MemoryError) or "allocate memory" in str(error)


def picture_of(split: ImageEncoder) -> Callable[[Tensor], np.ndarray]:
    """A function from a transformed image (3, H, W) to what it shows, (H, W, 3) uint8."""
    low, high = pixel_range(split)

    def show(image: Tensor) -> np.ndarray:
        unit = (image - low) / (high - low)
        return unit.clamp(0, 1).mul(255).round().to(torch.uint8).permute(1, 2, 0).contiguous().numpy()

    return show


def pixel_range(split: ImageEncoder) -> tuple[Tensor, Tensor]:
    """What the transform makes of black and of white, (3, 1, 1) each: so any normalisation of a channel is undone."""
    black, white = (split.card.transform(Image.new("RGB", (512, 512), colour)) for colour in ("black", "white"))
    low, high = (x.flatten(1).mean(dim=1).view(-1, 1, 1) for x in (black, white))
    return low, high
