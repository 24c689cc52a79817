"""Rows of activations from one tensor in memory or from a folder on disk, read piece by piece."""

import math
from collections.abc import Iterator
from itertools import pairwise
from typing import Protocol

import torch
from torch import Tensor

from concepts.activations.collect import Activations

BLOCK = 8192  # rows read at a time: 16 MB for 512 channels
CHUNK, POOL = 256, 32  # neighbouring rows kept together in a shuffled read; number of such chunks mixed


class Rows(Protocol):
    """Activations (m, p), one position per row, that can be read by ranges; the implementation chooses the device."""

    @property
    def shape(self) -> tuple[int, int]:
        """(m, p)."""

    def read(self, start: int, stop: int) -> Tensor:
        """Rows start ≤ i < stop, (stop − start, p), float32 or float64; 0 ≤ start ≤ stop ≤ m."""


class MemoryRows:
    """A tensor (m, p) as rows. Dtypes other than float32 and float64 are read as float32."""

    def __init__(self, A: Tensor) -> None:
        if A.ndim != 2:
            raise ValueError(f"activations must be (m, p), one position a row; got shape {tuple(A.shape)}")
        self._A = A

    @property
    def shape(self) -> tuple[int, int]:
        return len(self._A), self._A.shape[1]

    def read(self, start: int, stop: int) -> Tensor:
        rows = self._A[start:stop]
        return rows if rows.dtype in (torch.float32, torch.float64) else rows.float()


class StoredRows:
    """All positions of stored activations (n, T..., p), image by image, read to a device as float32."""

    def __init__(self, activations: Activations, device: str | torch.device = "cpu") -> None:
        self._activations = activations
        self._device = device
        *positions, self._channels = activations.info.shape
        self._positions = math.prod(positions)

    @property
    def shape(self) -> tuple[int, int]:
        return len(self._activations) * self._positions, self._channels

    def read(self, start: int, stop: int) -> Tensor:
        first, last = start // self._positions, math.ceil(stop / self._positions)  # the images that hold them
        images = torch.from_numpy(self._activations.rows(first, last)).reshape(-1, self._channels)
        offset = first * self._positions
        return images[start - offset : stop - offset].to(self._device).float()


def as_rows(A: Tensor | Rows) -> Rows:
    """A tensor (m, p) as rows; rows unchanged. Raises ValueError for a tensor of another shape."""
    return MemoryRows(A) if isinstance(A, Tensor) else A


def blocks(rows: Rows, size: int = BLOCK) -> Iterator[Tensor]:
    """All rows in order, (≤ size, p) at a time."""
    for start in range(0, rows.shape[0], size):
        yield rows.read(start, min(start + size, rows.shape[0]))


def sample_rows(rows: Rows, size: int, seed: int) -> Tensor:
    """(min(size, m), p): rows drawn without replacement with the seed, in their original order; one pass."""
    if size >= rows.shape[0]:
        return rows.read(0, rows.shape[0])
    generator = torch.Generator().manual_seed(seed)
    chosen = torch.randperm(rows.shape[0], generator=generator)[:size].sort().values
    starts = [*range(0, rows.shape[0], BLOCK), rows.shape[0]]
    kept, done = rows.read(0, 0).new_empty(size, rows.shape[1]), 0  # slices of the blocks would keep the blocks alive
    for start, stop in pairwise(starts):
        inside = chosen[(chosen >= start) & (chosen < stop)] - start
        kept[done : done + len(inside)] = rows.read(start, stop)[inside.to(kept.device)]
        done += len(inside)
    return kept


def mini_batches(rows: Rows, size: int, generator: torch.Generator) -> Iterator[Tensor]:
    """An endless iterator of (min(size, m), p): each pass visits every row in a new order; the remainder of one pass
    starts the next.

    Disk is not read row by row: chunks of CHUNK neighbouring rows are drawn in random order, and POOL of them mixed.
    """
    size, m = min(size, rows.shape[0]), rows.shape[0]
    chunk = max(1, min(CHUNK, m // POOL))  # few rows are mixed completely
    pooled = max(POOL, math.ceil(size / chunk))
    left = rows.read(0, 0)
    while True:
        starts = (torch.randperm(math.ceil(m / chunk), generator=generator) * chunk).tolist()
        for first in range(0, len(starts), pooled):
            pieces = [rows.read(start, min(start + chunk, m)) for start in starts[first : first + pooled]]
            mixed = torch.cat(pieces)
            mixed = mixed[torch.randperm(len(mixed), generator=generator).to(mixed.device)]
            pool = torch.cat([left, mixed])
            whole = len(pool) // size * size
            yield from pool[:whole].split(size)
            left = pool[whole:]
