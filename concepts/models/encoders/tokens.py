"""TokenEncoder: tokens on a grid after the named tokens, returned by every image adapter."""

from collections.abc import Callable
from dataclasses import dataclass, field

import torch
from torch import Tensor

from concepts.models.classifiers.card import ModelCard
from concepts.models.encoders.model_types import Side
from concepts.models.splitting.layout import Layout


@dataclass(frozen=True, eq=False)
class TokenEncoder:
    """Photos → tokens (n, T, p), T = len(named) + h · w. Safe to share between threads: a pass leaves no state.

    `layer` describes the tokens in words; with the card's fingerprint and transform it identifies them.
    """

    card: ModelCard
    layer: str
    grid: tuple[int, int] | None
    named: tuple[str, ...]
    n_channels: int
    device: torch.device
    _tokens: Callable[[Tensor], Tensor] = field(repr=False)

    def encode(self, images: Tensor) -> Tensor:
        """(n, 3, H, W) → (n, T, p) float32, on the device the images came from.

        Differentiable in images that require a gradient; otherwise no graph is kept, as the weights are frozen.
        Raises ValueError for images of another size than the card's, which determines the grid.
        """
        if images.ndim != 4 or tuple(images.shape[1:]) != (3, *self.card.input_size):
            h, w = self.card.input_size
            raise ValueError(f"images {tuple(images.shape)}, expected (n, 3, {h}, {w}), as card.prepare gives them")
        return self._tokens(images.to(self.device, torch.float32)).to(images.device, torch.float32)

    def to_map(self, values: Tensor) -> Tensor:
        """(n, T, k) → (n, h, w, k), without the named tokens. Raises ValueError for another number of tokens."""
        n_places = 0 if self.grid is None else self.grid[0] * self.grid[1]
        shape = (len(self.named) + n_places, self.n_channels)
        return Layout("tokens", shape, self.grid, n_extra=len(self.named)).to_map(values)


def chosen_layer(layer: int | str | None, n_layers: int, *, first: int = 0) -> int:
    """The index of a hidden state, `first` … n_layers; None and −1 are the last. 0 is the input of the first block.

    Raises ValueError for one that does not exist.
    """
    try:
        index = n_layers if layer is None else int(layer)
    except ValueError:
        index = n_layers + 1
    if index < 0:
        index += n_layers + 1
    if not first <= index <= n_layers:
        raise ValueError(f"layer {layer!r}: expected a hidden state, {first} … {n_layers}, or -1 for the last")
    return index


def grid_of(patch: Side, size: tuple[int, int]) -> tuple[int, int]:
    """(h, w): number of whole patches in an image (H, W). Raises ValueError for one smaller than a patch."""
    tall, wide = (patch, patch) if isinstance(patch, int) else patch
    if size[0] < tall or size[1] < wide:
        raise ValueError(f"images of {size[0]} × {size[1]} are smaller than a patch of {tall} × {wide}")
    return size[0] // tall, size[1] // wide
