"""One pass over a dataset: items are read ahead, prepared and encoded in batches. Nothing is stored."""

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import compress
from typing import Generic, TypeVar

import torch
from torch import Tensor

from concepts.activations.previews import Preview
from concepts.data.dataset import Dataset, Skipped, UnreadableItem
from concepts.data.nouns import noun_of
from concepts.data.read_ahead import read_ahead
from concepts.models.classifiers.transform import check_size
from concepts.models.encoders.base import Encoder, batched
from concepts.numerics.counted import counted

CHECKED = 8  # items on which a split is checked against the whole model
Item = TypeVar("Item")


@dataclass(frozen=True)
class Batch:
    """m encoded items: their indices in the dataset, A (m, T..., p), logits (m, c), one preview each."""

    indices: tuple[int, ...]
    A: Tensor
    logits: Tensor
    previews: tuple[bytes, ...]


@dataclass(frozen=True)
class _Read:
    """An item as returned by a reading thread: its input to the encoder and its preview."""

    index: int
    prepared: Tensor
    preview: bytes


class EncodingPass(Generic[Item]):
    """One pass over a dataset, and its state.

    batch_size: items that the model runs on at once; an encoder that sorts what it is given has `read_together`, how
    many times as many it gets. Prepared items have one shape, unless the card has a `collate` (`batched`).
    preview: None keeps none. skipped: the items left out so far: those that could not be read, and those for which the
    encoder gives NaN or infinity. split_check: max |h(g(x)) − f(x)| on the first ones, 0 where the
    encoder has no head to check. seconds: reading and preparing items, drawing previews (in the same threads), and the
    model; the caller's time between batches is not included.
    """

    def __init__(
        self, encoder: Encoder[Item], dataset: Dataset[Item], *, batch_size: int, preview: Preview | None
    ) -> None:
        self.encoder, self.dataset, self.preview = encoder, dataset, preview
        self.batch_size = batch_size * getattr(encoder, "read_together", 1)
        self.head, self.measure = (getattr(encoder, name, None) for name in ("head", "measure"))  # a split has them
        self.skipped: list[Skipped] = []
        self.split_check: float | None = None
        self.seconds = 0.0

    def batches(self) -> Iterator[Batch]:
        """All usable items in order; one batch is held in memory at a time, and halved when memory runs out.

        Raises ValueError when no item can be used, when prepared items have two sizes, or when h(g(x)) ≠ f(x).
        """
        begin = time.perf_counter()
        for read in self._read_batches():
            inputs = batched(self.encoder.card, [each.prepared for each in read])
            A, logits = self._run_model(inputs)
            finite = _finite(A) & _finite(logits)
            self._skip(compress(read, (~finite).tolist()))
            self.seconds += time.perf_counter() - begin
            if finite.any():
                if self.split_check is None:
                    checked = inputs[finite][: min(CHECKED, self.batch_size)]
                    self.split_check = self.measure(checked) if self.measure else 0.0
                yield _batch(list(compress(read, finite.tolist())), A[finite], logits[finite])
            begin = time.perf_counter()
        if self.split_check is None:
            reasons = "; ".join(f"{s.name}: {s.reason}" for s in self.skipped[:3])
            items = counted(len(self.dataset), noun_of(self.dataset.kind))
            raise ValueError(f"none of the {items} could be used ({reasons})")

    def _skip(self, items: Iterable[_Read]) -> None:
        reason = f"the model gives NaN or infinity for it (layer {self.encoder.layer} or its outputs)"
        self.skipped += [Skipped(self.dataset.names[each.index], reason) for each in items]

    def _read_batches(self) -> Iterator[list[_Read]]:
        waiting: list[_Read] = []
        shape: tuple[int, ...] = ()
        for index, read in read_ahead(self._read, range(len(self.dataset))):
            if isinstance(read, UnreadableItem):
                self.skipped.append(Skipped(self.dataset.names[index], read.reason))
                continue
            if not hasattr(self.encoder.card, "collate"):
                shape = shape or tuple(read.prepared.shape)
                check_size(read.prepared, shape, self.dataset.names[index])
            waiting.append(read)
            if len(waiting) >= self.batch_size:
                yield waiting
                waiting = []
        if waiting:
            yield waiting

    def _read(self, i: int) -> "_Read | UnreadableItem":
        """One prepared item, or the error; runs in the reading threads."""
        try:
            prepared = self.encoder.card.prepare(self.dataset.open(i))
        except UnreadableItem as error:
            return error
        return _Read(i, prepared, self.preview(i, prepared) if self.preview else b"")

    def _run_model(self, inputs: Tensor) -> tuple[Tensor, Tensor]:
        """A (m, T..., p) and logits (m, c) of a batch, computed in halves when memory runs out."""
        try:
            with torch.inference_mode():
                A = self.encoder.encode(inputs.to(self.encoder.device, non_blocking=True))
                logits = self.head(A) if self.head else A.new_zeros(len(A), 0)
                return A.cpu(), logits.float().cpu()
        except (RuntimeError, MemoryError) as error:
            if not out_of_memory(error):
                raise
            if len(inputs) == 1:
                raise ValueError("memory runs out on a single item: choose a smaller model or free memory") from error
        torch.cuda.empty_cache()
        self.batch_size = max(1, len(inputs) // 2)
        parts = [self._run_model(half) for half in inputs.split(self.batch_size)]
        return torch.cat([a for a, _ in parts]), torch.cat([z for _, z in parts])


def _batch(read: list[_Read], A: Tensor, logits: Tensor) -> Batch:
    return Batch(tuple(each.index for each in read), A, logits, tuple(each.preview for each in read))


def _finite(values: Tensor) -> Tensor:
    """(n,) bool, True where all values (n, ...) of an item are finite."""
    return values.isfinite().flatten(1).all(dim=1)


def out_of_memory(error: Exception) -> bool:
    """True where the error means that memory ran out, on a GPU or in the machine."""
    return isinstance(error, torch.OutOfMemoryError | MemoryError) or "allocate memory" in str(error)
