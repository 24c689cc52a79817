"""The layout of activations: which dimensions are positions, which are channels, which tokens are extra."""

import math
from dataclasses import dataclass
from typing import Literal

from torch import Tensor

Kind = Literal["map", "tokens", "vector"]
Sign = Literal["signed", ">= 0"]
EXTRA_TOKENS = (0, 1, 2, 3, 4, 5, 8)


@dataclass(frozen=True)
class Layout:
    """The layout of one layer's output. `shape` is without n, channels last; `grid` is (h, w) or None.

    Activations have the extra tokens (class, distillation, register tokens) first, then those of the grid row by row.
    order: the model's own position of each of these tokens; None where the model has the same order.
    """

    kind: Kind
    shape: tuple[int, ...]
    grid: tuple[int, int] | None
    channels_first: bool = False
    n_extra: int = 0
    order: tuple[int, ...] | None = None

    @property
    def n_channels(self) -> int:
        return self.shape[-1]

    @property
    def n_positions(self) -> int:
        """T: h·w for a map, all tokens (class token included) for tokens, 1 for a vector."""
        return math.prod(self.shape[:-1])

    def to_channels_last(self, output: Tensor) -> Tensor:
        """The model's own output → (n, h, w, p), (n, T, p) or (n, p), contiguous."""
        if self.order is not None:
            return output[:, list(self.order)]
        return (output.movedim(1, -1) if self.channels_first else output).contiguous()

    def to_model(self, activations: Tensor) -> Tensor:
        """The inverse of `to_channels_last`: the layout that the rest of the model expects, contiguous."""
        if self.order is not None:
            return activations[:, sorted(range(len(self.order)), key=self.order.__getitem__)]
        return (activations.movedim(-1, 1) if self.channels_first else activations).contiguous()

    def check(self, activations: Tensor) -> None:
        """Raises ValueError unless the tensor is a batch of these activations (a map may have another grid)."""
        fits = activations.ndim == len(self.shape) + 1 and activations.shape[-1] == self.n_channels
        if not fits or (self.kind == "tokens" and activations.shape[1:] != self.shape):
            raise ValueError(f"activations {tuple(activations.shape)}, expected (n, {', '.join(map(str, self.shape))})")

    def to_map(self, values: Tensor) -> Tensor:
        """(n, T..., k), k values per position → (n, h, w, k); extra tokens left out, maps unchanged.

        Raises ValueError for vectors and for tokens without a grid, which have no position in the image, and for
        values with another number of positions.
        """
        if self.grid is None:
            raise ValueError(
                f"a {self.kind} layer of shape {self.shape} has no grid of places: choose a layer with one"
            )
        expected = (*self.shape[:-1], values.shape[-1])
        if values.ndim != len(self.shape) + 1 or (self.kind == "tokens" and values.shape[1:] != expected):
            raise ValueError(f"values {tuple(values.shape)}, expected (n, {', '.join(map(str, expected))})")
        if self.kind == "map":
            return values
        return values[:, self.n_extra :].reshape(len(values), *self.grid, values.shape[-1])


def read_layout(
    shape: tuple[int, ...],
    image: tuple[int, int],
    *,
    wider: tuple[int, ...] | None = None,
    earlier_grid: tuple[int, int] | None = None,
) -> Layout | None:
    """The layout of an output of this shape (n first), or None where no layout fits.

    image: (H, W) of the input images; positions follow their aspect ratio. wider: the output shape for a wider image,
    which resolves cases such as (n, 64, 64, 64). earlier_grid: the grid of the last map before, which tokens may keep.
    Where a 4-D output can be read both ways and `wider` does not resolve it, channels come first.
    """
    if len(shape) == 2:
        return Layout("vector", shape[1:], None)
    if len(shape) == 3:
        return _read_tokens(shape[1], shape[2], image, earlier_grid)
    if len(shape) == 4:
        return _read_map(shape, image, wider)
    return None


def is_ambiguous(shape: tuple[int, ...], image: tuple[int, int]) -> bool:
    """Whether a 4-D output can be read both with channels first and with channels last."""
    return len(shape) == 4 and follows(shape[2], shape[3], image) and follows(shape[1], shape[2], image)


def follows(h: int, w: int, image: tuple[int, int]) -> bool:
    """Whether h × w positions can result from an image (H, W) by equal strides, within one at the border."""
    H, W = image
    if H == W:
        return h == w
    return (h - 1) * W <= (w + 1) * H and (w - 1) * H <= (h + 1) * W


def _read_map(shape: tuple[int, ...], image: tuple[int, int], wider: tuple[int, ...] | None) -> Layout | None:
    _, a, b, c = shape
    first, last = follows(b, c, image), follows(a, b, image)
    if first and last and wider is not None and len(wider) == 4:
        first = wider[3] != c or wider[2] == b  # the width is last, or no size changed
    if first:
        return Layout("map", (b, c, a), (b, c), channels_first=True)
    return Layout("map", (a, b, c), (a, b)) if last else None


def _read_tokens(T: int, p: int, image: tuple[int, int], earlier: tuple[int, int] | None) -> Layout:
    if earlier is not None and T - earlier[0] * earlier[1] in EXTRA_TOKENS:
        return Layout("tokens", (T, p), earlier, n_extra=T - earlier[0] * earlier[1])
    for extra in EXTRA_TOKENS:
        if grid := _best_grid(T - extra, image):
            return Layout("tokens", (T, p), grid, n_extra=extra)
    return Layout("tokens", (T, p), None)


def _best_grid(m: int, image: tuple[int, int]) -> tuple[int, int] | None:
    """(h, w) with h · w = m and the aspect ratio nearest to the image's; None where there is none (or m ≤ 1)."""
    H, W = image
    grids = [(h, m // h) for h in range(1, m + 1) if m % h == 0 and follows(h, m // h, image)] if m > 1 else []
    return min(grids, key=lambda grid: abs(grid[0] * W - grid[1] * H), default=None)
