"""The behaviour of an encoder on probes: stored results are reused only if it is still the same.

A key says how a model is written: its weights, its repr, its file. Two models that are written alike can behave
differently: a plain attribute, a tensor outside the state dict, an edited helper file, a lambda as transform.
"""

import math
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Self, TypeVar

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from concepts.data.dataset import Dataset, UnreadableItem
from concepts.models.classifiers.card import ModelCard
from concepts.models.encoders.base import Encoder, batched
from concepts.numerics.samples import even_sample

FILE = "behaviour.safetensors"
TOLERANCE = 1e-4  # of the largest magnitude of an array
PICTURES, SIDES = 2, (320, 288)  # seeded ones, for encoders of photos; width and height
TEXTS = ("A quiet morning by the sea.", "Why is this not what was promised, after 3 weeks?", "Ünder 20 € — 好!")
ITEMS = 3  # of the dataset, evenly spaced, for other encoders
KEPT = 2**15  # values per array, evenly spaced
IN_REPORT = 2**10  # the same, of what a report holds
PREFIX = "behaviour_"  # of the names of its arrays there
Item = TypeVar("Item")


@dataclass(frozen=True)
class Behaviour:
    """The prepared probes x, g(x) and h(g(x)), each flattened, in float32, thinned to `KEPT` values.

    logits: empty where the encoder has no head.
    """

    prepared: np.ndarray
    activations: np.ndarray
    logits: np.ndarray

    def agrees(self, other: Self) -> bool:
        """True where every array has the same size and differs by at most 1e-4 of its largest magnitude."""
        return all(_close(getattr(self, field.name), getattr(other, field.name)) for field in fields(self))

    def contradicts(self, other: Self) -> bool:
        """True where the same prepared probes have other activations: the vectors of both are of different spaces."""
        return _close(self.prepared, other.prepared) and not _close(self.activations, other.activations)

    def thinned(self, kept: int) -> Self:
        """The same of fewer values."""
        return type(self)(*(_spaced(getattr(self, field.name), kept) for field in fields(self)))

    def to_arrays(self) -> dict[str, np.ndarray]:
        """The arrays of a report that hold it, thinned to `IN_REPORT` values."""
        short = self.thinned(IN_REPORT)
        return {PREFIX + field.name: getattr(short, field.name) for field in fields(self)}

    @classmethod
    def from_arrays(cls, array: Callable[[str], np.ndarray]) -> Self:
        """The behaviour in a report, by its `array`. Raises ValueError for a report that holds none."""
        return cls(**{field.name: array(PREFIX + field.name) for field in fields(cls)})

    def save(self, folder: Path) -> None:
        """Writes it to a folder."""
        from safetensors.numpy import save_file

        save_file({field.name: getattr(self, field.name) for field in fields(self)}, folder / FILE)

    @classmethod
    def load(cls, folder: Path) -> Self | None:
        """The behaviour stored in a folder; None where there is none that can be read."""
        from safetensors import SafetensorError
        from safetensors.numpy import load_file

        with suppress(OSError, SafetensorError, KeyError):
            arrays = load_file(folder / FILE)
            return cls(**{field.name: arrays[field.name] for field in fields(cls)})
        return None


def behaviour_of(encoder: Encoder[Item], dataset: Dataset[Item] | None = None) -> Behaviour:
    """The behaviour on probes, one at a time: seeded pictures for encoders of photos, the same texts for encoders of
    texts, items of the dataset for others.

    Without a dataset, an encoder of such other items has no probes.
    """
    head = getattr(encoder, "head", None)  # a split has one
    prepared, activations, logits = [], [], []
    with torch.inference_mode():
        for probe in _probes(encoder, dataset):
            A = encoder.encode(batched(encoder.card, [probe]).to(encoder.device))
            prepared.append(probe)
            activations.append(A)
            if head is not None:
                logits.append(head(A))
    return Behaviour(_thinned(prepared), _thinned(activations), _thinned(logits))


def _probes(encoder: Encoder[Item], dataset: Dataset[Item] | None) -> Iterator[Tensor]:
    """The prepared probes; items that cannot be read are left out."""
    if isinstance(encoder.card, ModelCard):
        yield from (encoder.card.prepare(picture) for picture in seeded_pictures())
    elif getattr(encoder.card, "reads", None) == "texts":
        yield from (encoder.card.prepare(text) for text in TEXTS)  # type: ignore[arg-type]
    elif dataset is not None:
        for i in even_sample(len(dataset), ITEMS):
            with suppress(UnreadableItem):
                yield encoder.card.prepare(dataset.open(i))


def seeded_pictures() -> Iterator[Image.Image]:
    """RGB pictures of coarse and fine noise, the same in every run."""
    generator = np.random.default_rng(0)
    for _ in range(PICTURES):
        coarse = Image.fromarray(generator.integers(256, size=(6, 6, 3), dtype=np.uint8))
        wide = np.asarray(coarse.resize(SIDES, Image.Resampling.BILINEAR), dtype=np.int16)
        fine = generator.integers(-40, 41, size=wide.shape, dtype=np.int16)
        yield Image.fromarray((wide + fine).clip(0, 255).astype(np.uint8))


def _thinned(parts: list[Tensor]) -> np.ndarray:
    """The values of all parts in one vector of at most about `KEPT`, evenly spaced, float32."""
    flat = torch.cat([part.detach().float().cpu().flatten() for part in parts]) if parts else torch.empty(0)
    return _spaced(flat.numpy(), KEPT)


def _spaced(values: np.ndarray, kept: int) -> np.ndarray:
    step = math.ceil(len(values) / kept) | 1  # odd, so that it meets every channel
    return np.ascontiguousarray(values[::step])


def _close(a: np.ndarray, b: np.ndarray) -> bool:
    if a.shape != b.shape or not np.array_equal(np.isfinite(a), np.isfinite(b)):
        return False
    a, b = a[np.isfinite(a)], b[np.isfinite(b)]
    largest = max(np.abs(a).max(initial=0.0), np.abs(b).max(initial=0.0))
    return bool(np.abs(a - b).max(initial=0.0) <= TOLERANCE * largest)
