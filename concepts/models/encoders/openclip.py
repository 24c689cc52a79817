"""CLIP models of open_clip with a Vision Transformer: patches in the text space, and the text encoders."""

import json
from collections.abc import Callable

import torch
from PIL import Image
from torch import Tensor, nn
from torch.nn.functional import linear

from concepts.data.texts import one_line
from concepts.models.classifiers.loading import seeded
from concepts.models.classifiers.transform import Prepare
from concepts.models.encoders.aligned import PLAIN, AlignedEncoder, check_path
from concepts.models.encoders.bytepieces import BytePieces
from concepts.models.encoders.folders import library
from concepts.models.encoders.openclip_files import OpenClipFiles
from concepts.models.encoders.openclip_types import OpenClipModel, OpenClipTexts, OpenClipTower
from concepts.models.encoders.photos import PhotoSize, photo_transform
from concepts.models.encoders.pretrained import encoder_card
from concepts.models.encoders.size_check import check_counts, check_size
from concepts.models.encoders.text_tokens import Run, TokenTextEncoder
from concepts.models.encoders.tokens import TokenEncoder, chosen_layer

RESAMPLING = {"bicubic": Image.Resampling.BICUBIC, "bilinear": Image.Resampling.BILINEAR}


def open_openclip(
    files: OpenClipFiles,
    *,
    name: str,
    layer: int | str | None = None,
    head: int | None = None,
    path: str = PLAIN,
    size: tuple[int, int] | None = None,
    device: torch.device,
) -> TokenEncoder:
    """An open_clip model as an AlignedEncoder, with the same paths as `open_aligned`: plain, value, tower.

    Plain: LN_post(a_t) W, the model's projection of the class token, applied to each patch. "image" is encode_image.
    For a `size` other than the model's own, open_clip interpolates the positions when it loads the weights.
    Raises ValueError for a single head, and for a tower that is not open_clip's own Vision Transformer.
    """
    check_path(path, head)
    if head is not None:
        raise ValueError(
            f"head {head}: heads of open_clip models are not read, open the model with hf: or leave it out"
        )
    model = _loaded(files, size, device)
    visual, fingerprint = model.visual, files.fingerprint()
    card = encoder_card(
        name=name, weights=files.label, transform=_transform(files, visual, size), fingerprint=fingerprint
    )
    n_layers = len(visual.transformer.resblocks)
    index = chosen_layer(layer, n_layers, first=2 if path == "value" else 1)
    words, tower = f"hidden state {index} of {n_layers}", _tower(visual, index)
    if path == "tower":
        width = visual.conv1.out_channels
        return TokenEncoder(card, words, visual.grid_size, ("class token",), width, device, lambda x: tower(x)[1])
    text = _texts(model, files, name, fingerprint, device)
    words = f"{words}, {path} path, in the space of the texts"
    tokens = _tokens(visual, index, path)
    return AlignedEncoder(card, words, visual.grid_size, ("image",), text.n_channels, device, tokens, text=text)


def open_openclip_text(files: OpenClipFiles, *, name: str, device: torch.device) -> TokenTextEncoder:
    """The text encoder alone: pooled as encode_text, each token LN(h_t) W; attention is causal."""
    return _texts(_loaded(files, None, device), files, name, files.fingerprint(), device)


def _loaded(files: OpenClipFiles, size: tuple[int, int] | None, device: torch.device) -> OpenClipModel:
    """The model, built from its config without any hub request, weights from the .safetensors."""
    open_clip = library("open_clip")
    config = json.loads(files.config)
    if size is not None:
        config["vision_cfg"]["image_size"] = tuple(size)
    kind = open_clip.CustomTextCLIP if config.pop("custom_text", False) else open_clip.CLIP
    check_counts(config, files.label)
    with seeded(0):
        check_size(lambda: kind(**config), [files.weights], files.label)
        model = kind(**config)
    try:
        open_clip.load_checkpoint(model, str(files.weights))
    except Exception as error:  # of a damaged file, among others SafetensorError
        reason = one_line(error)
        raise ValueError(f"the weights {files.weights} do not fit the architecture {files.label} ({reason})") from error
    return model.eval().requires_grad_(False).to(device)


def _transform(files: OpenClipFiles, visual: OpenClipTower, size: tuple[int, int] | None) -> Prepare:
    """open_clip's own evaluation transform; for another `size`, the whole photo resized."""
    given = files.preprocess
    mode, resampling = given.resize_mode or "shortest", given.interpolation or "bicubic"
    tall, wide = visual.image_size
    if mode not in ("shortest", "squash") or resampling not in RESAMPLING:
        raise ValueError(
            f"{files.label} prepares photos by {resampling} resampling and {mode}, which is not done here: give size"
        )
    short = mode == "shortest"
    open_clip = library("open_clip")
    return photo_transform(
        resize=PhotoSize(shortest_edge=min(tall, wide)) if short else PhotoSize(tall, wide),
        crop=PhotoSize(tall, wide) if short else None,
        mean=given.mean or open_clip.OPENAI_DATASET_MEAN,
        std=given.std or open_clip.OPENAI_DATASET_STD,
        interpolation=int(RESAMPLING[resampling]),
        size=size,
    )


def _tower(visual: OpenClipTower, index: int) -> Callable[[Tensor], tuple[Tensor, Tensor]]:
    """A function from images to embeddings (n, p) and hidden state `index` (n, 1 + h·w, d), class token first."""

    def tower(images: Tensor) -> tuple[Tensor, Tensor]:
        out = visual.forward_intermediates(images, indices=[index - 1], output_fmt="NLC", output_extra_tokens=True)
        hidden = torch.cat([out["image_intermediates_prefix"][0], out["image_intermediates"][0]], dim=1)
        return out["image_features"], hidden

    return tower


def _tokens(visual: OpenClipTower, index: int, path: str) -> Callable[[Tensor], Tensor]:
    block = visual.transformer.resblocks[index - 1]
    tower = _tower(visual, index - 1 if path == "value" else index)

    def tokens(images: Tensor) -> Tensor:
        image, hidden = tower(images)
        hidden = hidden[:, 1:]
        hidden = value_step(block, hidden) if path == "value" else hidden
        return torch.cat([image.unsqueeze(1), visual.ln_post(hidden) @ visual.proj], dim=1)

    return tokens


def value_step(block: nn.Module, hidden: Tensor) -> Tensor:
    """`aligned.value_step` for open_clip's block, whose W_v is the last third of one matrix: (n, T, d) → (n, T, d).

    Raises ValueError for a block of another kind, in which values do not reach the output through W_o alone.
    """
    part = block.get_submodule
    attention = part("attn")
    if not isinstance(attention, nn.MultiheadAttention):
        raise ValueError(f"{type(block).__name__} of this model has no plain value path: use path='plain'")
    d = hidden.shape[-1]
    value = linear(part("ln_1")(hidden), attention.in_proj_weight[2 * d :], attention.in_proj_bias[2 * d :])
    hidden = hidden + part("ls_1")(attention.out_proj(value))
    return hidden + part("ls_2")(part("mlp")(part("ln_2")(hidden)))


def _texts(
    model: OpenClipModel, files: OpenClipFiles, name: str, fingerprint: str, device: torch.device
) -> TokenTextEncoder:
    side: OpenClipTexts = model.text if hasattr(model, "text") else model
    longest, options = side.context_length, files.architecture.text_cfg.tokenizer_kwargs or {}
    tokenizer = library("open_clip").SimpleTokenizer(context_length=longest, **options)
    return TokenTextEncoder(
        name=name,
        fingerprint=fingerprint,
        n_channels=files.architecture.embed_dim,
        longest=longest,
        device=device,
        _tokenize=BytePieces(tokenizer),
        _run=_run(model, side.text_projection),
        _width=longest,
    )


def _run(model: OpenClipModel, projection: nn.Linear | Tensor | None) -> Run:
    def run(ids: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        out = model.forward_intermediates(text=ids, text_indices=1, normalize=False, normalize_intermediates=True)
        hidden = out["text_intermediates"][-1]
        if projection is not None:
            hidden = projection(hidden) if isinstance(projection, nn.Linear) else hidden @ projection
        return hidden, out["text_features"]

    return run
