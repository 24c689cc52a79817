"""What a map lays out: a direction of each item, or of each place, of a token file."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Protocol

from concepts.token_search.token_file import TokenFile

if TYPE_CHECKING:
    import numpy as np
    from torch import Tensor


class Directions(Protocol):
    """n directions (n, p) of length 1, or all zeros, computed from the tokens when they are read."""

    @property
    def tokens(self) -> TokenFile:
        """The file they are computed from."""

    def __len__(self) -> int:
        """n."""

    def chunks(self) -> "Iterator[tuple[np.ndarray, Tensor]]":
        """(numbers (m,), their directions (m, p)) of all n in order."""

    def take(self, numbers: "np.ndarray", /) -> "Tensor":
        """(m, p): the directions with these numbers, in this order."""
