"""Tokens in a file, read in place: the system keeps in memory what is asked, and lets go of it when memory is short."""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np

from concepts.storage.array_files import write_values
from concepts.storage.store import new_file

if TYPE_CHECKING:
    from torch import Tensor

    from concepts.activations.collect import Activations

CHUNK = 2**21  # values read at a time, 8 MB as float32: larger ones leave the cache, and take three times as long


@dataclass(frozen=True)
class TokenFile:
    """n items of P places each, p channels a token; a row is item · P + place, 0 ≤ row < n · P.

    named: tokens of each item before its places, such as the class token, which are no rows. dtype: as in the file.
    Raises ValueError where the file has another size, or there is nothing in it.
    """

    path: Path
    n_items: int
    places: int
    channels: int
    named: int = 0
    dtype: Literal["float16", "float32"] = "float16"

    def __post_init__(self) -> None:
        if min(self.n_items, self.places, self.channels) < 1 or self.named < 0:
            raise ValueError(
                f"{self.path.name}: {self.n_items} items of {self.places} places and {self.channels} channels: "
                "expected at least one of each"
            )
        if (found := self.path.stat().st_size) != self.nbytes:
            raise ValueError(f"{self.path.name} has {found:,} bytes, expected {self.nbytes:,}: record it again")

    def __len__(self) -> int:
        return self.n_items * self.places

    @property
    def nbytes(self) -> int:
        """Bytes of the file."""
        return self.n_items * (self.named + self.places) * self.channels * np.dtype(self.dtype).itemsize

    @cached_property
    def mapped(self) -> np.ndarray:
        """(n, named + P, p), read in place. What is written into it stays in memory and reaches no file."""
        shape = (self.n_items, self.named + self.places, self.channels)
        return np.memmap(self.path, dtype=self.dtype, mode="c", shape=shape)

    def take(self, rows: np.ndarray) -> "Tensor":
        """(m, p) float32: these rows, in this order."""
        import torch

        items, places = np.divmod(rows, self.places)
        return torch.from_numpy(self.mapped[items, self.named + places]).float()

    def chunks(self, items: np.ndarray | None = None) -> "Iterator[tuple[np.ndarray, Tensor]]":
        """(numbers of rows (m,), tokens (m, p) float32), of all items in order, or of these; at most 8 MB at a time,
        or one item. items: (i,) numbers, ascending."""
        import torch

        size = max(1, CHUNK // (self.places * self.channels))
        n = self.n_items if items is None else len(items)
        for start in range(0, n, size):
            stop = min(start + size, n)
            chosen = np.arange(start, stop) if items is None else items[start:stop]
            part = self.mapped[start:stop] if items is None else self.mapped[chosen]
            rows = (chosen[:, None] * self.places + np.arange(self.places)).ravel()
            yield rows, torch.from_numpy(part[:, self.named :]).float().reshape(-1, self.channels)


def token_file_of(activations: "Activations") -> TokenFile:
    """The stored activations of photos, or of texts, as tokens. A layer whose output is a vector has one place."""
    info = activations.info
    positions = math.prod(info.shape[:-1])
    named = len(info.named)
    return TokenFile(
        activations.folder / "activations.bin", len(activations), positions - named, info.shape[-1], named, info.dtype
    )


def write_token_file(path: Path, parts: Iterable[np.ndarray], *, places: int) -> TokenFile:
    """Writes tokens as float16. parts: (m, p) each, whole items in order, one held at a time.

    The file appears whole. Raises ValueError where there are no tokens, parts differ in width, hold less than whole
    items, or a value that float16 does not hold.
    """
    rows, width = 0, 0
    with new_file(path) as unfinished, unfinished.open("wb") as file:
        for part in parts:
            halves = _halves(part)
            if width not in (0, halves.shape[1]):
                raise ValueError(f"tokens of {halves.shape[1]} channels after tokens of {width}: expected one width")
            rows, width = rows + len(halves), halves.shape[1]
            write_values(file, halves)
        if rows == 0 or rows % places:
            raise ValueError(f"{rows} tokens were given, expected a multiple of {places}: all places of each item")
    return TokenFile(path, rows // places, places, width)


def _halves(part: np.ndarray) -> np.ndarray:
    with np.errstate(over="ignore"):
        halves = np.asarray(part).astype(np.float16)
    if not np.isfinite(halves).all():
        raise ValueError("a token is too large for float16 (above 65,504) or not finite: scale the tokens first")
    return halves
