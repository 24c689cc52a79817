"""Types for the used part of the models of open_clip, which has no type annotations of its own."""

from typing import Protocol, TypedDict

from torch import Tensor, nn


class OpenClipPhotos(TypedDict):
    """The output of an open_clip image tower: class tokens (n, 1, d) and patches (n, h · w, d) of the requested blocks,
    embeddings (n, p)."""

    image_intermediates_prefix: list[Tensor]
    image_intermediates: list[Tensor]
    image_features: Tensor


class OpenClipWords(TypedDict):
    """The output of an open_clip model for texts: tokens (n, t, d) of the requested blocks, embeddings (n, p)."""

    text_intermediates: list[Tensor]
    text_features: Tensor


class OpenClipBlocks(Protocol):
    resblocks: nn.ModuleList


class OpenClipTower(Protocol):
    """open_clip's own Vision Transformer."""

    conv1: nn.Conv2d
    transformer: OpenClipBlocks
    ln_post: nn.Module
    proj: Tensor
    grid_size: tuple[int, int]
    image_size: tuple[int, int]

    def forward_intermediates(
        self, x: Tensor, *, indices: list[int], output_fmt: str, output_extra_tokens: bool
    ) -> OpenClipPhotos: ...


class OpenClipTexts(Protocol):
    context_length: int
    text_projection: nn.Linear | Tensor | None


class OpenClipPaired(Protocol):
    visual: OpenClipTower

    def forward_intermediates(
        self, *, text: Tensor, text_indices: int, normalize: bool, normalize_intermediates: bool
    ) -> OpenClipWords: ...


class OpenClipWhole(OpenClipPaired, OpenClipTexts, Protocol):
    """A model that is its own text encoder."""


class OpenClipOfTwo(OpenClipPaired, Protocol):
    """A model whose text encoder is a separate module."""

    text: OpenClipTexts


OpenClipModel = OpenClipWhole | OpenClipOfTwo
