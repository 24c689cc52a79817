"""Base classes of extractors: fit, fit_transform, transform, inverse_transform, components_."""

import inspect
import json
import math
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar, Self

import torch
from torch import Tensor

from concepts.activations.rows import Rows, as_rows, blocks, sample_rows
from concepts.extraction.extraction_method import ExtractionMethod
from concepts.storage.store import new_file
from concepts.storage.typed_json import Count, to_json

SAMPLE = 20_000  # rows: twice as many change the relative ℓ2 by less than 1% (benchmarks/report.py)
Option = int | float | bool | str | tuple[int, ...] | None  # option of an extractor, storable as JSON


@dataclass(frozen=True)
class SavedExtractor:
    """Metadata of a saved extractor: its name and its constructor's arguments."""

    method: str
    n_concepts: Count
    seed: int
    options: dict[str, Option] = field(default_factory=dict)


class Extractor(ABC):
    """A dictionary of k concepts for activations of p channels: A ≈ U V, without an offset, so that F(u) = h(u V).

    Its whole fitted state is a dict of tensors: `components`, V (k, p), and whatever else its encoder needs. Options
    are attributes of the same names, from which `options` reads them.
    """

    about: ClassVar[ExtractionMethod]  # the facts of its method, known before fitting

    def __init__(self, n_concepts: int, *, seed: int = 0) -> None:
        if n_concepts < 1:
            raise ValueError(f"n_concepts is {n_concepts}: ask for at least one concept")
        self.n_concepts = n_concepts
        self.seed = seed
        self.state: dict[str, Tensor] = {}

    @abstractmethod
    def _fit(self, rows: Rows) -> dict[str, Tensor]:
        """The state learned from rows (m, p), m ≥ k, which `_blocks` validates as it reads them."""

    @abstractmethod
    def _codes(self, A: Tensor, V: Tensor) -> Tensor:
        """U (m, k) for validated float activations A (m, p) under a fixed V (k, p)."""

    def fit(self, A: Tensor | Rows) -> Self:
        """Learn V from activations (m, p), in memory or on disk.

        Raises ValueError for a wrong shape, sign, NaN, too few rows or too few channels.
        """
        rows = as_rows(A)
        check_channels(self.about, self.n_concepts, rows.shape[1])
        if rows.shape[0] < self.n_concepts:
            raise ValueError(
                f"{rows.shape[0]} activations cannot give {self.n_concepts} concepts: add images or ask for fewer"
            )
        with one_thread():
            self.state = self._fit(rows)
        return self

    def transform(self, A: Tensor) -> Tensor:
        """Codes U (m, k) of activations A (m, p) with V fixed: the same algorithm as in the fit, never a refit."""
        V = self.dictionary
        A = self._checked(as_rows(A).read(0, len(A)))
        if A.shape[1] != V.shape[1]:
            raise ValueError(f"activations have {A.shape[1]} channels, the dictionary was fitted on {V.shape[1]}")
        with one_thread():
            return self._codes(A, V.to(A.device))

    def fit_transform(self, A: Tensor) -> Tensor:
        """Fit, then return the codes (m, k) of the same activations."""
        return self.fit(A).transform(A)

    def inverse_transform(self, U: Tensor) -> Tensor:
        """Reconstruction Â = U V (m, p) of codes (m, k)."""
        V = self.dictionary
        return U.to(V.dtype) @ V.to(U.device)

    def restore(self, components: Tensor, **others: Tensor) -> Self:
        """The extractor in its fitted state, from its dictionary (k, p) and the other tensors of its `state`."""
        if components.ndim != 2 or len(components) != self.n_concepts:
            raise ValueError(
                f"a dictionary of {self.n_concepts} concepts is needed, got shape {tuple(components.shape)}"
            )
        state = {"components": components, **others}
        if set(state) != set(self.about.state):
            raise ValueError(f"{self.method} is restored from {', '.join(self.about.state)}; got {', '.join(state)}")
        self.state = state
        return self

    def save(self, path: str | Path) -> None:
        """Write a .safetensors file: the state, with method, n_concepts, seed and options as JSON in its metadata.

        The file is written atomically. `load_extractor` reads it. Raises ValueError while not fitted.
        """
        from safetensors.torch import save_file

        _ = self.dictionary
        described = SavedExtractor(self.method, self.n_concepts, self.seed, self.options)
        state = {name: tensor.contiguous() for name, tensor in self.state.items()}
        with new_file(Path(path)) as unfinished:
            save_file(state, unfinished, metadata={"extractor": json.dumps(to_json(described))})

    @property
    def method(self) -> str:
        """The name by which users choose it."""
        return self.about.name

    @property
    def signed_codes(self) -> bool:
        """True where U may be negative."""
        return self.about.signed_codes

    @property
    def components_(self) -> Tensor | None:
        """V (k, p), None while not fitted."""
        return self.state.get("components")

    @property
    def dictionary(self) -> Tensor:
        """`components_`, (k, p). Raises ValueError while not fitted."""
        if "components" not in self.state:
            raise ValueError(f"{type(self).__name__} is not fitted yet: call fit first")
        return self.state["components"]

    @property
    def options(self) -> dict[str, Option]:
        """The constructor's options except n_concepts and seed, by name."""
        names = inspect.signature(type(self)).parameters
        return {name: getattr(self, name) for name in names if name not in ("n_concepts", "seed")}

    def _blocks(self, rows: Rows) -> Iterator[Tensor]:
        """All rows in order and validated, block by block."""
        return map(self._checked, blocks(rows))

    def _checked(self, A: Tensor) -> Tensor:
        if not A.numel():
            return A
        smallest, largest = (end.item() for end in A.aminmax())  # NaN propagates; no copy of A is made
        if not (math.isfinite(smallest) and math.isfinite(largest)):
            raise ValueError("activations hold NaN or infinity: check the model's weights and the images")
        if not self.about.signed_input and smallest < 0:
            raise ValueError(
                f"{self.method} needs activations ≥ 0, the smallest here is {smallest:.3g}: use semi_nmf for this layer"
            )
        return A


class SampledExtractor(Extractor):
    """An extractor fitted on a seeded sample of at most `sample` rows, drawn in one pass."""

    def __init__(self, n_concepts: int, *, seed: int = 0, sample: int = SAMPLE) -> None:
        super().__init__(n_concepts, seed=seed)
        if sample < n_concepts:
            raise ValueError(f"a sample of {sample} rows cannot give {n_concepts} concepts: raise sample")
        self.sample = sample

    def _fit(self, rows: Rows) -> dict[str, Tensor]:
        return {"components": self._fit_sample(self._checked(sample_rows(rows, self.sample, self.seed)))}

    @abstractmethod
    def _fit_sample(self, A: Tensor) -> Tensor:
        """V (k, p) for validated float activations A (m, p), k ≤ m ≤ sample."""


def check_channels(method: ExtractionMethod, n_concepts: int, n_channels: int) -> None:
    """Raises ValueError where the method cannot give so many concepts from so many channels."""
    if method.independent and n_concepts > n_channels:
        raise ValueError(
            f"{method.name} gives at most as many concepts as there are channels, {n_channels} here; asked for "
            f"{n_concepts}: ask for fewer, or choose another method"
        )


@contextmanager
def one_thread() -> Iterator[None]:
    """Run torch on one CPU thread: the solvers take many small steps, in which threads mostly wait for each other.

    On two idle cores it costs nothing measurable; beside any other load it is 4 to 15 times as fast.
    """
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
