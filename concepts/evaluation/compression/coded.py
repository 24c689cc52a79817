"""Vectors under a code: what each takes, and how some of them are read."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from concepts.evaluation.compression.searching import Vectors
from concepts.token_search.codes import Coder, round_trip
from concepts.token_search.codes.base import bytes_a_token

if TYPE_CHECKING:
    from torch import Tensor

LOOKED_AT = 64  # vectors that tell the bytes of one


@dataclass(frozen=True, eq=False)
class Coded:
    """A code by name, the bytes of each vector, those that all share, and how vectors are read."""

    name: str
    each: float
    shared: int
    decode: Vectors

    @classmethod
    def by(cls, name: str, coder: Coder, A: "Tensor", *, at_least: float | None = None) -> Self:
        """Vectors A (m, p) under a fitted code. at_least: a bound that all of them keep, such as 0."""
        each = bytes_a_token(coder.encode(A[:LOOKED_AT].float()))
        return cls(
            name, each, coder.shared, lambda start, end: round_trip(coder, A[start:end].float(), at_least=at_least)
        )
