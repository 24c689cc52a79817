"""CLIP and SigLIP from Hugging Face: image patches projected into the text space, and the text encoders."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn.functional import linear

from concepts.models.encoders.canonical import Canonical
from concepts.models.encoders.heads import blocks_of
from concepts.models.encoders.model_types import ClipModel, SiglipModel, is_clip
from concepts.models.encoders.photos import processor_transform
from concepts.models.encoders.pieces import file_tokenizer, pad_id
from concepts.models.encoders.pretrained import AutoClass, encoder_card, load_pretrained, model_fingerprint
from concepts.models.encoders.text_tokens import Run, TokenTextEncoder
from concepts.models.encoders.tokens import TokenEncoder, chosen_layer, grid_of
from concepts.models.encoders.vision import vision_encoder

KINDS = ("clip", "siglip")
PLAIN = "plain"
PATHS = (PLAIN, "value", "tower")
MODEL = AutoClass[ClipModel | SiglipModel]("AutoModel")


@dataclass(frozen=True, eq=False)
class AlignedEncoder(TokenEncoder):
    """Tokens in the space of `text`: "image", the model's own image embedding, then the patches.

    The card's fingerprint equals that of `text`, so their vectors can be compared. No vector is normalised.
    """

    text: TokenTextEncoder = field(kw_only=True)


def open_aligned(
    folder: Path,
    *,
    name: str,
    layer: int | str | None = None,
    head: int | None = None,
    path: str = PLAIN,
    size: tuple[int, int] | None = None,
    device: torch.device,
) -> TokenEncoder:
    """A CLIP or SigLIP model as an AlignedEncoder; with path "tower", the hidden states of its image tower.

    path "plain": the patch a_t of hidden state `layer`, projected by the model (see `clip_projection` and
    `siglip_projection`). path "value": the same after a block `layer` in which each token attends only to itself,
    which keeps information at its position (see `value_step`).
    Raises ValueError for a head with any path but "tower": one head's output is not in the text space.
    """
    check_path(path, head)
    model = load_pretrained(MODEL, folder, device)
    fingerprint = model_fingerprint(model, model.config)
    transform = processor_transform(folder, size)
    card = encoder_card(name=name, weights=folder.name, transform=transform, fingerprint=fingerprint)
    if path == "tower":
        return vision_encoder(model.vision_model, card, layer=layer, head=head, device=device)
    n_layers = model.config.vision_config.num_hidden_layers
    index = chosen_layer(layer, n_layers, first=1 if path == "value" else 0)
    grid = grid_of(model.config.vision_config.patch_size, card.input_size)
    text = _texts(model, folder, name, fingerprint, device)
    words = f"hidden state {index} of {n_layers}, {path} path, in the space of the texts"
    tokens = _tokens(model, index, path, grid, card.input_size)
    return AlignedEncoder(card, words, grid, ("image",), text.n_channels, device, tokens, text=text)


def check_path(path: str, head: int | None) -> None:
    """Raises ValueError for an unknown path, and for a head with tokens in the text space."""
    if path not in PATHS:
        raise ValueError(f"path {path!r}: expected one of {', '.join(PATHS)}")
    if head is not None and path != "tower":
        raise ValueError(f"head {head} with path {path!r}: one head is not in the space of the texts, use path='tower'")


def _tokens(
    model: ClipModel | SiglipModel, index: int, path: str, grid: tuple[int, int], size: tuple[int, int]
) -> Callable[[Tensor], Tensor]:
    own = model.config.vision_config.image_size
    resized = size != (own, own)
    project = clip_projection(model) if is_clip(model) else siglip_projection(model)
    block = blocks_of(model.vision_model, model.config.vision_config.num_hidden_layers)[index - 1]
    recorded = index - 1 if path == "value" else index

    def tokens(images: Tensor) -> Tensor:
        out = model.get_image_features(
            pixel_values=images, output_hidden_states=[recorded], interpolate_pos_encoding=resized
        )
        hidden = out.hidden_states[recorded][:, -grid[0] * grid[1] :]  # CLIP's class token left out
        hidden = value_step(block, hidden) if path == "value" else hidden
        return torch.cat([out.pooler_output.unsqueeze(1), project(hidden)], dim=1)

    return tokens


def value_step(block: nn.Module, hidden: Tensor) -> Tensor:
    """A block in which each token attends only to itself: (n, T, d) → (n, T, d).

        x ← x + W_o W_v LN₁(x),  x ← x + MLP(LN₂(x))

    The last block's queries and keys mix in information from the whole image, which blurs the map; the values do not.
    Source: MaskCLIP (Zhou et al., ECCV 2022), section 3.2, with the residual and the MLP kept as in its code. CLIP
    Surgery (Li et al., 2023) uses the value path in more than one block and omits the MLP.
    """
    part = block.get_submodule
    hidden = hidden + part("self_attn.out_proj")(part("self_attn.v_proj")(part("layer_norm1")(hidden)))
    return hidden + part("mlp")(part("layer_norm2")(hidden))


def clip_projection(model: ClipModel) -> Callable[[Tensor], Tensor]:
    """CLIP's projection of the class token, applied to each patch: W LN(a_t), post_layernorm then visual_projection.

    CLIP was trained to project the class token only; MaskCLIP and CLIP Surgery also start from the projected patches.
    """
    return lambda hidden: model.visual_projection(model.vision_model.post_layernorm(hidden))


def siglip_projection(model: SiglipModel) -> Callable[[Tensor], Tensor]:
    """SigLIP's attention pooling, applied to each patch as if it were the only one.

    The pooling is h(W_o Σ_t α_t W_v LN(a_t)), h(y) = y + MLP(LN(y)), with one learnt query. With one patch in the sum
    its weight α is 1, so the patch becomes h(W_o W_v LN(a_t)): no query, no key. The photo's embedding uses the mean of
    the values weighted by α; a patch uses its own value, through the same output (MaskCLIP's step, section 3.2, on the
    pooling in place of the last block).
    Raises ValueError for a model without this pooling.
    """
    tower = model.vision_model
    if not tower.use_head:
        raise ValueError(
            "this SigLIP has no attention pooling, so nothing takes its patches to the texts: path='tower'"
        )

    def project(hidden: Tensor) -> Tensor:
        pooling, d = tower.head, hidden.shape[-1]
        attention = pooling.attention
        value = linear(tower.post_layernorm(hidden), attention.in_proj_weight[2 * d :], attention.in_proj_bias[2 * d :])
        output = attention.out_proj(value)
        return output + pooling.mlp(pooling.layernorm(output))

    return project


def open_aligned_text(folder: Path, *, name: str, device: torch.device) -> TokenTextEncoder:
    """The text encoder alone: pooled as get_text_features, each token through the same projection.

    CLIP: W LN(h_t), with causal attention. SigLIP: head(LN(h_t)), as in its training: padded to the training length
    (padding is attended to), lower case, without punctuation.
    """
    model = load_pretrained(MODEL, folder, device)
    return _texts(model, folder, name, model_fingerprint(model, model.config), device)


def _texts(
    model: ClipModel | SiglipModel, folder: Path, name: str, fingerprint: str, device: torch.device
) -> TokenTextEncoder:
    config, tokenizer = model.config.text_config, file_tokenizer(folder)
    pad = pad_id(folder, tokenizer)
    return TokenTextEncoder(
        name=name,
        fingerprint=fingerprint,
        n_channels=model.config.projection_dim if is_clip(model) else model.config.text_config.projection_size,
        longest=config.max_position_embeddings,
        device=device,
        _tokenize=tokenizer if is_clip(model) else Canonical(tokenizer),
        _run=_clip_run(model) if is_clip(model) else _siglip_run(model),
        _pad=config.pad_token_id or 0 if pad is None else pad,
        _width=None if is_clip(model) else config.max_position_embeddings,
    )


def _clip_run(model: ClipModel) -> Run:
    def run(ids: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        out = model.get_text_features(input_ids=ids, attention_mask=mask)
        return model.text_projection(out.last_hidden_state), out.pooler_output

    return run


def _siglip_run(model: SiglipModel) -> Run:
    def run(ids: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        out = model.get_text_features(input_ids=ids)  # without a mask, as it was trained
        return model.text_model.head(out.last_hidden_state), out.pooler_output

    return run
