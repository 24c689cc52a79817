"""Types for the used part of the models of transformers.

The library chooses a model's class by its config, so our code names none of its classes. Each Protocol declares the
attributes used of some of them; all of them are also an nn.Module, which no Protocol can express.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Protocol

from torch import Tensor, nn

from concepts.models.classifiers.card import HasWeights

if TYPE_CHECKING:
    from typing_extensions import TypeIs

Side = int | Sequence[int]  # size of an image or a patch: one number, or height and width


class TorchModule(HasWeights, Protocol):
    """The part of an nn.Module that is used."""

    def modules(self) -> Iterator[nn.Module]: ...
    def named_modules(self) -> Iterator[tuple[str, nn.Module]]: ...
    def parameters(self) -> Iterator[nn.Parameter]: ...


class HiddenStates(Protocol):
    """The output of a transformers model. `hidden_states` holds the requested ones at their indices."""

    last_hidden_state: Tensor
    hidden_states: Sequence[Tensor]


class PooledStates(HiddenStates, Protocol):
    """`pooler_output`: (n, p), one vector per photo or text."""

    pooler_output: Tensor


class Config(Protocol):
    """A config of transformers: `model_type` is the name of the architecture."""

    model_type: str

    def to_dict(self) -> dict[str, object]: ...


class VisionConfig(Config, Protocol):
    num_hidden_layers: int
    num_attention_heads: int
    image_size: Side
    patch_size: Side


class TextConfig(Config, Protocol):
    hidden_size: int
    num_hidden_layers: int
    max_position_embeddings: int  # missing in a few architectures
    pad_token_id: int | None
    is_encoder_decoder: bool


class VisionForward(Protocol):
    """Photos (n, 3, H, W) to hidden states (n, T, p). output_hidden_states: the indices of those to keep."""

    def __call__(self, *, pixel_values: Tensor, output_hidden_states: list[int] | None = None) -> HiddenStates: ...


class VisionModel(TorchModule, Protocol):
    config: VisionConfig
    forward: Callable[..., HiddenStates]

    def __call__(
        self,
        *,
        pixel_values: Tensor,
        output_hidden_states: list[int] | None = None,
        interpolate_pos_encoding: bool = ...,
    ) -> HiddenStates: ...


class TextModel(TorchModule, Protocol):
    config: TextConfig

    def __call__(self, *, input_ids: Tensor, attention_mask: Tensor) -> HiddenStates: ...


class Decoder(TorchModule, Protocol):
    """The part of a language model before its output embedding."""

    def __call__(
        self, *, input_ids: Tensor, attention_mask: Tensor, use_cache: bool, output_hidden_states: list[int] = ...
    ) -> HiddenStates: ...


class NextTokens(Protocol):
    """The output of a language model: `logits` (n, t, V)."""

    logits: Tensor


class LanguageModel(TorchModule, Protocol):
    config: TextConfig
    base_model: Decoder

    def __call__(self, *, input_ids: Tensor, attention_mask: Tensor, use_cache: bool) -> NextTokens: ...

    def get_output_embeddings(self) -> nn.Module: ...


class MultimodalConfig(Config, Protocol):
    vision_config: VisionConfig
    text_config: TextConfig
    image_token_id: int
    vision_feature_select_strategy: str


class MultimodalDecoder(TorchModule, Protocol):
    """The part of a LLaVA model before its output embedding: image tower, projector, language model."""

    language_model: TorchModule

    def get_image_features(self, *, pixel_values: Tensor, return_dict: bool) -> PooledStates: ...

    def __call__(
        self,
        *,
        input_ids: Tensor,
        mm_encoder_outputs: dict[str, PooledStates],
        use_cache: bool,
        output_hidden_states: list[int] = ...,
    ) -> HiddenStates: ...


class MultimodalModel(TorchModule, Protocol):
    config: MultimodalConfig
    model: MultimodalDecoder

    def get_output_embeddings(self) -> nn.Module: ...


class ClipConfig(Config, Protocol):
    vision_config: VisionConfig
    text_config: TextConfig
    projection_dim: int


class ClipTower(VisionModel, Protocol):
    post_layernorm: nn.Module


class PairedModel(TorchModule, Protocol):
    """The common part of CLIP and SigLIP: embeddings of photos and texts in one space."""

    def get_image_features(
        self, *, pixel_values: Tensor, output_hidden_states: list[int], interpolate_pos_encoding: bool = ...
    ) -> PooledStates: ...

    def get_text_features(self, *, input_ids: Tensor, attention_mask: Tensor = ...) -> PooledStates: ...


class ClipModel(PairedModel, Protocol):
    config: ClipConfig
    vision_model: ClipTower
    visual_projection: nn.Module
    text_projection: nn.Module


class SiglipTextConfig(TextConfig, Protocol):
    projection_size: int


class SiglipConfig(Config, Protocol):
    vision_config: VisionConfig
    text_config: SiglipTextConfig


class AttentionPooling(Protocol):
    """SigLIP's pooling: one learnt query attends to the patches."""

    attention: nn.MultiheadAttention
    layernorm: nn.Module
    mlp: nn.Module


class SiglipTower(VisionModel, Protocol):
    post_layernorm: nn.Module
    use_head: bool
    head: AttentionPooling


class SiglipTexts(Protocol):
    head: nn.Module


class SiglipModel(PairedModel, Protocol):
    config: SiglipConfig
    vision_model: SiglipTower
    text_model: SiglipTexts


def is_clip(model: ClipModel | SiglipModel) -> "TypeIs[ClipModel]":
    """Whether the model is a CLIP; else it is a SigLIP."""
    return model.config.model_type == "clip"
