"""What every extractor has: fit, fit_transform, transform, inverse_transform, components_."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Self

import torch
from torch import Tensor


class Extractor(ABC):
    """A dictionary of k concepts for activations of p channels: A ≈ U V.

    Its whole fitted state is `components_`, V (k, p), so that it is saved and restored without pickle.
    """

    method = ""  # the name users choose it by
    signed_codes = False  # may U be negative?
    signed_input = True  # may A be negative?

    def __init__(self, n_concepts: int, *, seed: int = 0) -> None:
        if n_concepts < 1:
            raise ValueError(f"n_concepts is {n_concepts}: ask for at least one concept")
        self.n_concepts = n_concepts
        self.seed = seed
        self.components_: Tensor | None = None

    @abstractmethod
    def _fit(self, A: Tensor) -> Tensor:
        """V (k, p) for validated float activations A (m, p)."""

    @abstractmethod
    def _codes(self, A: Tensor, V: Tensor) -> Tensor:
        """U (m, k) for validated float activations A (m, p) under a fixed V (k, p)."""

    def fit(self, A: Tensor) -> Self:
        """Learns V from activations A (m, p). Raises ValueError for a wrong shape, sign or too few rows."""
        A = self._checked(A)
        if len(A) < self.n_concepts:
            raise ValueError(
                f"{len(A)} activations cannot give {self.n_concepts} concepts: add images or ask for fewer"
            )
        with one_thread():
            self.components_ = self._fit(A)
        return self

    def transform(self, A: Tensor) -> Tensor:
        """Codes U (m, k) of activations A (m, p), V fixed: the same program as in the fit, never a refit."""
        V = self.dictionary
        A = self._checked(A)
        if A.shape[1] != V.shape[1]:
            raise ValueError(f"activations have {A.shape[1]} channels, the dictionary was fitted on {V.shape[1]}")
        with one_thread():
            return self._codes(A, V.to(A.device))

    def fit_transform(self, A: Tensor) -> Tensor:
        """`fit` and then the codes (m, k) of the same activations."""
        return self.fit(A).transform(A)

    def inverse_transform(self, U: Tensor) -> Tensor:
        """Reconstruction Â = U V (m, p) of codes (m, k)."""
        V = self.dictionary
        return U.to(V.dtype) @ V.to(U.device)

    def restore(self, components: Tensor) -> Self:
        """The extractor as if it had been fitted to this dictionary (k, p)."""
        if components.ndim != 2 or len(components) != self.n_concepts:
            raise ValueError(
                f"a dictionary of {self.n_concepts} concepts is needed, got shape {tuple(components.shape)}"
            )
        self.components_ = components
        return self

    @property
    def dictionary(self) -> Tensor:
        """`components_`, (k, p). Raises ValueError while there is none."""
        if self.components_ is None:
            raise ValueError(f"{type(self).__name__} is not fitted yet: call fit first")
        return self.components_

    def _checked(self, A: Tensor) -> Tensor:
        if A.ndim != 2:
            raise ValueError(f"activations must be (m, p), one position a row; got shape {tuple(A.shape)}")
        A = A if A.dtype in (torch.float32, torch.float64) else A.float()
        if not torch.isfinite(A).all():
            raise ValueError("activations hold NaN or infinity: check the model's weights and the images")
        if not self.signed_input and len(A) and A.min() < 0:
            raise ValueError(
                f"nmf needs activations ≥ 0, the smallest here is {A.min().item():.3g}: use semi_nmf for this layer"
            )
        return A


@contextmanager
def one_thread() -> Iterator[None]:
    """Torch on one CPU thread: the solvers are many small steps, in which threads mostly wait for each other.

    On two idle cores it costs nothing measurable; beside any other load it is 4 to 15 times as fast.
    """
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
