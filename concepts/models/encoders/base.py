"""What an encoder is: photos or texts to tokens, whatever the model."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar, runtime_checkable

import torch
from torch import Tensor

from concepts.models.classifiers.card import ModelCard

Item = TypeVar("Item", contravariant=True)  # what goes in: a decoded photo, a text, a row of numbers


class Card(Protocol[Item]):
    """An encoder's papers: what results are found again by, and how an item becomes its input.

    fingerprint: equal for equal weights and code. transform_text: how items are prepared, in words.
    """

    @property
    def fingerprint(self) -> str: ...
    @property
    def transform_text(self) -> str: ...

    def prepare(self, item: Item, /) -> Tensor:
        """What `encode` takes in batches: of all items a tensor of one shape. Raises UnreadableItem."""
        ...


class Encoder(Protocol[Item]):
    """Items to activations, whatever they are; an `ImageEncoder` is one of photos. See there for grid and named."""

    @property
    def card(self) -> Card[Item]: ...
    @property
    def layer(self) -> str: ...
    @property
    def grid(self) -> tuple[int, int] | None: ...
    @property
    def named(self) -> tuple[str, ...]: ...
    @property
    def device(self) -> torch.device: ...

    def encode(self, inputs: Tensor, /) -> Tensor:
        """Prepared items (n, ...) → activations (n, T..., p)."""
        ...


@runtime_checkable
class ImageEncoder(Protocol):
    """Photos to tokens with places. A `Split` is one, without its head.

    `card.prepare` takes a photo to the (3, H, W) that `encode` takes in batches. `grid` is (h, w), or None where tokens
    have no places. `named` names the tokens that stand before those of the grid ("class", "image", "<SEG>"), in order.
    """

    @property
    def card(self) -> ModelCard: ...
    @property
    def layer(self) -> str: ...
    @property
    def grid(self) -> tuple[int, int] | None: ...
    @property
    def n_channels(self) -> int: ...
    @property
    def named(self) -> tuple[str, ...]: ...
    @property
    def device(self) -> torch.device: ...

    def encode(self, images: Tensor) -> Tensor:
        """(n, 3, H, W) → tokens, channels last: (n, h, w, p) of a map, (n, T, p) with T = len(named) + h · w."""
        ...

    def to_map(self, values: Tensor) -> Tensor:
        """(n, T..., k) → (n, h, w, k): the tokens of the grid on their places, the named ones left out."""
        ...


@dataclass(frozen=True)
class TextTokens:
    """A text as its tokens: `spans` (t) of characters, start and stop in `text`; `vectors` (t, p); `pooled` (p,).

    Tokens that stand for no characters (begin, end, padding) are left out of spans and vectors.
    """

    text: str
    spans: tuple[tuple[int, int], ...]
    vectors: Tensor
    pooled: Tensor

    @property
    def pieces(self) -> tuple[str, ...]:
        """What each token stands for, as written in the text."""
        return tuple(self.text[start:stop] for start, stop in self.spans)


@runtime_checkable
class TextEncoder(Protocol):
    """Texts to tokens and to one vector each. `longest`: tokens that the model takes, the left-out ones counted."""

    @property
    def name(self) -> str: ...
    @property
    def fingerprint(self) -> str: ...
    @property
    def n_channels(self) -> int: ...
    @property
    def longest(self) -> int: ...

    def encode(self, texts: Sequence[str]) -> list[TextTokens]:
        """One `TextTokens` a text. Raises ValueError for an empty text, and for one that is too long."""
        ...

    def embed(self, texts: Sequence[str]) -> Tensor:
        """(n, p): the texts' pooled vectors, in batches."""
        ...
