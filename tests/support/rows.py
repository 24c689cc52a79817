"""A dataset of rows of numbers instead of photos, and a small model of rows, to test the interface of datasets."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Literal, Self

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from concepts.data.dataset import ItemKind, Skipped, UnreadableItem
from concepts.data.images.jpeg import jpeg_bytes
from concepts.models.outputs import Outputs

KINDS = ("low", "high")
P = 6  # numbers in a row
CPU = torch.device("cpu")


@dataclass(frozen=True)
class Rows:
    """values: (n, 6) float; a row with a NaN cannot be read. kinds: the group of each row."""

    values: np.ndarray
    kinds: tuple[str, ...]
    names: tuple[str, ...]
    source_name: str = "rows"
    skipped: tuple[Skipped, ...] = (Skipped("line 7", "five numbers"),)
    kind: ItemKind = "images"

    @classmethod
    def of(cls, values: np.ndarray) -> Self:
        """The dataset of these rows; a row is "high" where its first three numbers have the larger sum."""
        high = np.nan_to_num(values)[:, :3].sum(axis=1) > np.nan_to_num(values)[:, 3:].sum(axis=1)
        names = tuple(f"row {i}" for i in range(len(values)))
        return cls(values, tuple(KINDS[int(each)] for each in high), names)

    @property
    def groups(self) -> tuple[str | None, ...]:
        return self.kinds

    @property
    def reading_limits(self) -> dict[str, int]:
        return {}

    def __len__(self) -> int:
        return len(self.values)

    def labels(self, class_names: Sequence[str]) -> list[int | None]:
        return [list(class_names).index(kind) if kind in class_names else None for kind in self.kinds]

    def fingerprint(self) -> str:
        return blake2b(self.values.tobytes() + repr(self.names).encode(), digest_size=16).hexdigest()

    def open(self, i: int) -> np.ndarray:
        if np.isnan(self.values[i]).any():
            raise UnreadableItem("a number is missing", name=self.names[i])
        return self.values[i]

    def preview(self, i: int) -> bytes:
        """A grey bar per number, 8 × 8 pixels each."""
        bars = np.repeat(np.uint8(255 * self.values[i].clip(0, 1)), 8)
        return jpeg_bytes(Image.fromarray(np.tile(bars, (8, 1))).convert("RGB"))

    def subset(self, indices: Iterable[int]) -> Self:
        chosen = list(indices)
        kinds, names = (tuple(each[i] for i in chosen) for each in (self.kinds, self.names))
        return type(self)(self.values[chosen], kinds, names, self.source_name, self.skipped)


@dataclass(frozen=True)
class RowCard:
    """The card of a model of rows."""

    name: str = "rows model"
    weights: str = "as written"
    class_names: tuple[str, ...] = KINDS
    names_given: bool = False
    memory_format: Literal["contiguous"] = "contiguous"
    fingerprint: str = "rows-1"
    transform_text: str = "as it is"

    def prepare(self, row: np.ndarray) -> Tensor:
        return torch.from_numpy(row).float()


@dataclass(frozen=True)
class RowSplit:
    """A model of rows, split in two: activations are the numbers' positive parts, logits two sums of three."""

    card: RowCard = field(default_factory=RowCard)
    layer: str = "positive"
    kind: str = "vector"
    grid: None = None
    named: tuple[str, ...] = ()
    sign: str = ">= 0"
    reason: str = "there is one"
    n_classes: int = len(KINDS)
    n_channels: int = P
    n_positions: int = 1
    device: torch.device = CPU
    outputs: Outputs = field(default_factory=Outputs)
    differentiable: bool = True

    def encode(self, rows: Tensor) -> Tensor:
        return rows.clamp(min=0)

    def head(self, activations: Tensor) -> Tensor:
        return torch.stack([activations[:, 3:].sum(dim=1), activations[:, :3].sum(dim=1)], dim=1)

    def measure(self, rows: Tensor) -> float:
        return 0.0
