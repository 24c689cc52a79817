"""The encoder protocols: photos or texts to tokens, for any model."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar, runtime_checkable

import torch
from torch import Tensor

from concepts.models.classifiers.card import ModelCard

Item = TypeVar("Item", contravariant=True)  # the input: a decoded photo, a text, a row of numbers


class Card(Protocol[Item]):
    """An encoder's metadata: the keys that stored results are looked up by, and the preparation of an item.

    fingerprint: equal for equal weights and code. transform_text: description of how items are prepared.
    """

    @property
    def fingerprint(self) -> str: ...
    @property
    def transform_text(self) -> str: ...

    def prepare(self, item: Item, /) -> Tensor:
        """One item's input to `encode`, which takes batches: one shape for all items, unless the card has `collate`.

        Raises UnreadableItem.
        """
        ...


@runtime_checkable
class Collating(Protocol):
    """A card whose prepared items differ in shape, as texts of different lengths do."""

    def collate(self, prepared: Sequence[Tensor], /) -> Tensor:
        """Prepared items as one input to `encode`, (n, ...); it does not change what `encode` gives for an item."""
        ...


def batched(card: object, prepared: Sequence[Tensor]) -> Tensor:
    """Prepared items as one input to `encode`, (n, ...)."""
    return card.collate(prepared) if isinstance(card, Collating) else torch.stack(list(prepared))


class Encoder(Protocol[Item]):
    """Items of any kind to activations; an `ImageEncoder` is one for photos. See there for grid and named."""

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
    """Photos to tokens with positions. A `Split` is one, without its head.

    `card.prepare` maps a photo to (3, H, W), which `encode` takes in batches. `grid` is (h, w), or None where tokens
    have no positions. `named` holds the names of the tokens before the grid ("class", "image", "<SEG>"), in order.
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
        """(n, T..., k) → (n, h, w, k): the grid tokens at their positions, without the named tokens."""
        ...


@dataclass(frozen=True)
class TextTokens:
    """A text as its tokens: `spans` (t) of characters, start and stop in `text`; `vectors` (t, p); `pooled` (p,).

    Tokens without characters (begin, end, padding) are left out of spans and vectors.
    """

    text: str
    spans: tuple[tuple[int, int], ...]
    vectors: Tensor
    pooled: Tensor

    @property
    def pieces(self) -> tuple[str, ...]:
        """The characters of each token, as written in the text."""
        return tuple(self.text[start:stop] for start, stop in self.spans)


@runtime_checkable
class TextEncoder(Protocol):
    """Texts to tokens and to one vector each. `longest`: maximum number of tokens, with those without characters."""

    @property
    def name(self) -> str: ...
    @property
    def fingerprint(self) -> str: ...
    @property
    def n_channels(self) -> int: ...
    @property
    def longest(self) -> int: ...

    def encode(self, texts: Sequence[str]) -> list[TextTokens]:
        """One `TextTokens` per text. Raises ValueError for a text that is empty or too long."""
        ...

    def embed(self, texts: Sequence[str]) -> Tensor:
        """(n, p): the texts' pooled vectors, computed in batches."""
        ...
