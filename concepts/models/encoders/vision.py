"""Vision transformers from Hugging Face, supervised or self-supervised: ViT, DINOv2, DINOv3, BEiT and similar."""

import inspect
from collections.abc import Callable
from functools import partial
from pathlib import Path

import torch
from torch import Tensor

from concepts.models.classifiers.card import ModelCard
from concepts.models.encoders.heads import blocks_of, head_reader, inputs_of
from concepts.models.encoders.model_types import VisionConfig, VisionForward, VisionModel
from concepts.models.encoders.photos import processor_transform
from concepts.models.encoders.pretrained import AutoClass, encoder_card, load_pretrained, model_fingerprint
from concepts.models.encoders.tokens import TokenEncoder, chosen_layer, grid_of

KINDS = (
    "vit", "deit", "vit_msn", "ijepa", "beit", "data2vec-vision", "dinov2", "dinov2_with_registers", "dinov3_vit",
    "clip_vision_model", "siglip_vision_model",
)  # fmt: skip
MODEL = AutoClass[VisionModel]("AutoModel")


def open_vision(
    folder: Path,
    *,
    name: str,
    layer: int | str | None = None,
    head: int | None = None,
    size: tuple[int, int] | None = None,
    device: torch.device,
) -> TokenEncoder:
    """The tokens of a layer, with class token and registers as named tokens. See `vision_encoder`."""
    model = load_pretrained(MODEL, folder, device)
    card = encoder_card(
        name=name,
        weights=folder.name,
        transform=processor_transform(folder, size),
        fingerprint=model_fingerprint(model, model.config),
    )
    return vision_encoder(model, card, layer=layer, head=head, device=device)


def vision_encoder(
    model: VisionModel, card: ModelCard, *, layer: int | str | None, head: int | None, device: torch.device
) -> TokenEncoder:
    """Tokens of hidden state `layer`: 0 the embeddings, i after block i, the last as the model's last_hidden_state.

    The last is after the final norm, where the model applies one to its tokens (CLIP's tower does not). With
    `head`, the tokens are that head's output in block `layer`: attention-weighted values of the head's width, before
    the output projection. The model itself interpolates positions for another image size.
    """
    n_layers, n_heads = model.config.num_hidden_layers, model.config.num_attention_heads
    index = chosen_layer(layer, n_layers, first=0 if head is None else 1)
    forward = _at_size(model, card.input_size)
    words = f"hidden state {index} of {n_layers}"
    if head is None:
        tokens = _layer_tokens(forward, index, n_layers)
    else:
        tokens = _head_tokens(model, forward, index, head)
        words = f"head {head} of {n_heads} in block {index} of {n_layers}"
    grid = grid_of(model.config.patch_size, card.input_size)
    with torch.no_grad():
        shape = tokens(torch.zeros(1, 3, *card.input_size, device=device)).shape
    if len(shape) != 3 or shape[1] < grid[0] * grid[1]:
        raise ValueError(f"{card.name} gives {tuple(shape)} for a photo, expected tokens on a grid of {grid}")
    named = _names(model.config, shape[1] - grid[0] * grid[1])
    return TokenEncoder(card, words, grid, named, shape[2], device, tokens)


def _layer_tokens(forward: VisionForward, index: int, n_layers: int) -> Callable[[Tensor], Tensor]:
    """A function from images to hidden states. The library records them per thread, so sessions do not interfere."""
    if index == n_layers:
        return lambda images: forward(pixel_values=images).last_hidden_state
    return lambda images: forward(pixel_values=images, output_hidden_states=[index]).hidden_states[index]


def _head_tokens(model: VisionModel, forward: VisionForward, index: int, head: int) -> Callable[[Tensor], Tensor]:
    block = blocks_of(model, model.config.num_hidden_layers)[index - 1]
    projection, read = head_reader(block, head, model.config.num_attention_heads)

    def tokens(images: Tensor) -> Tensor:
        with inputs_of(projection) as kept:
            forward(pixel_values=images)
        return read(kept[0])

    return tokens


def _at_size(model: VisionModel, size: tuple[int, int]) -> VisionForward:
    """The model, set to interpolate its positions where the image size differs from the training size."""
    own = model.config.image_size
    trained_on = (own, own) if isinstance(own, int) else tuple(own)
    asks = "interpolate_pos_encoding" in inspect.signature(model.forward).parameters
    return partial(model, interpolate_pos_encoding=True) if asks and trained_on != size else model


def _names(config: VisionConfig, n_extra: int) -> tuple[str, ...]:
    registers = getattr(config, "num_register_tokens", 0)
    if n_extra == 1 + registers:
        return ("class token", *(f"register {i}" for i in range(1, registers + 1)))
    if config.model_type == "deit" and n_extra == 2:
        return ("class token", "distillation token")
    return ("class token", *(f"extra token {i}" for i in range(1, n_extra)))[:n_extra]
