"""A code of tokens: it is fitted to some, turns others into arrays of bytes, and these back into tokens."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

if TYPE_CHECKING:
    from torch import Tensor

Encoded = tuple[np.ndarray, ...]


class Coder(Protocol):
    """A fitted code. shared: bytes that all tokens have in common, such as tables."""

    @property
    def shared(self) -> int: ...

    def encode(self, A: "Tensor") -> Encoded:
        """Arrays, each with a row for each token of (m, p) float32; nothing else is known of a token."""
        ...

    def decode(self, encoded: Encoded) -> "Tensor":
        """(m, p) float32: what the arrays say."""
        ...


@dataclass(frozen=True)
class Code:
    """A way to write tokens. fit: tokens (m, p) and a seed → the coder."""

    name: str
    label: str
    sentence: str
    source: str
    fit: "Callable[[Tensor, int], Coder]"


def bytes_a_token(encoded: Encoded) -> float:
    """Bytes that each token takes."""
    return sum(part.nbytes for part in encoded) / len(encoded[0])


def round_trip(coder: Coder, A: "Tensor", *, at_least: float | None = None) -> "Tensor":
    """(m, p) float32: the tokens after encoding and decoding. at_least: a bound that all tokens keep, such as 0."""
    decoded = coder.decode(coder.encode(A))
    return decoded if at_least is None else decoded.clamp(min=at_least)
