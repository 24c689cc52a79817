"""Putting suspects on items of other classes at the model's input: the pixels of a photo, the words of a text."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
from torch import Tensor

from concepts.report.verdict import CounterProof

INPUT, ACTIVATIONS = 0, 1  # ways of putting a suspect on an item


@dataclass(frozen=True, eq=False)
class Answers:
    """The model's logits on m items of other classes: as they are, `base` (m, c), and `changed` (s, 2, 2, m, c) for
    s suspects, put on at the input and by activations, each the suspect itself and then its control; NaN where that
    cannot be done. others: (m,) their places among the chosen items."""

    others: np.ndarray
    base: np.ndarray
    changed: np.ndarray


class OthersBatch(Protocol):
    """A batch of b items of other classes."""

    @property
    def places(self) -> list[int]:
        """Their places among the chosen others."""
        ...

    def activations(self) -> Tensor:
        """(b, T..., p): of the items as they are."""
        ...

    def changed(self, suspect: int, *, control: bool) -> Tensor | None:
        """(b, T..., p): with the suspect put on, or its control; None for a suspect that cannot be put on."""
        ...


class Transplants(Protocol):
    """The suspects of a report, by number, and what of each is put on other items at the model's input."""

    @property
    def by(self) -> Literal["pixels", "words"]: ...

    def batches(self) -> Iterator[OthersBatch]:
        """The chosen others, b ≥ 2 at a time; those that cannot be read are left out."""
        ...

    def shown(self, answers: Answers, suspect: int, proof: CounterProof) -> tuple[CounterProof, dict[str, bytes]]:
        """The counter-proof with examples before and after, and their pictures by file name."""
        ...
