"""Locating an open_clip model's config and .safetensors: a local folder or file, the cache, then the hub."""

import json
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

from concepts.models.encoders.folders import check_weights, hub_folder, library, read_part
from concepts.models.encoders.photos import Colours
from concepts.storage.typed_json import from_json

PREFIX = "open_clip:"
CONFIG = "open_clip_config.json"
WEIGHTS = "open_clip_model.safetensors"


@dataclass(frozen=True)
class VisionTower:
    """The used fields of a config's vision_cfg. `layers`: for a ResNet, the number of blocks per stage."""

    layers: int | tuple[int, ...] | None = None
    timm_model_name: str | None = None
    attentional_pool: bool | str | None = None


@dataclass(frozen=True)
class TextTower:
    """The used fields of a config's text_cfg. `tokenizer_kwargs` are passed to the tokenizer unchanged."""

    hf_model_name: str | None = None
    hf_tokenizer_name: str | None = None
    tokenizer_kwargs: dict[str, object] | None = None


@dataclass(frozen=True)
class Architecture:
    """The used fields of a model's config. `multimodal_cfg`: the config of a caption decoder."""

    embed_dim: int
    vision_cfg: VisionTower
    text_cfg: TextTower
    multimodal_cfg: dict[str, object] | None = None


@dataclass(frozen=True)
class Preprocess:
    """The preparation of photos, where the config defines it."""

    mean: Colours | None = None
    std: Colours | None = None
    resize_mode: str | None = None
    interpolation: str | None = None


@dataclass(frozen=True)
class PublishedWeights(Preprocess):
    """open_clip's entry for a tag: `hf_hub` is a hub repository, a slash, and a file name or nothing."""

    hf_hub: str = ""
    quick_gelu: bool = False


@dataclass(frozen=True)
class ConfigFile:
    """open_clip_config.json: `model_cfg` is passed to open_clip unchanged."""

    model_cfg: dict[str, object] | None = None
    preprocess_cfg: Preprocess = Preprocess()


@dataclass(frozen=True)
class OpenClipFiles:
    """`config`: JSON text with sorted keys that open_clip builds the model from; `architecture`: its parsed fields."""

    config: str
    architecture: Architecture
    preprocess: Preprocess
    weights: Path
    label: str

    def fingerprint(self) -> str:
        """blake2b over the config and the weights file: independent of the size of the photos."""
        digest = blake2b(self.config.encode(), digest_size=16)
        with self.weights.open("rb") as file:
            while chunk := file.read(2**24):
                digest.update(chunk)
        return digest.hexdigest()


def openclip_files(name: str, weights: str | Path | None, *, network: bool) -> OpenClipFiles:
    """The files of `open_clip:ARCH/TAG`, of `open_clip:ARCH` with a weights file, or of a folder with its config.

    The activation (QuickGELU or GELU) is the one that the tag was trained with; open_clip itself only warns.
    Raises ValueError for an unknown architecture or tag, one that is not supported (see `check_towers`), for weights
    that are not .safetensors, and when they are not cached and cannot be fetched.
    """
    if not name.startswith(PREFIX):
        return _of_folder(Path(name).expanduser())
    open_clip = library("open_clip")
    architecture, _, tag = name.removeprefix(PREFIX).partition("/")
    config = open_clip.get_model_config(architecture)
    if config is None:
        raise ValueError(f"open_clip has no architecture {architecture!r}: see open_clip.list_models()")
    towers = _readable(_text(config), architecture, architecture)
    if weights:
        label = f"{architecture}, {Path(weights).name}"
        return OpenClipFiles(_text(config), towers, Preprocess(), _own_file(weights), label)
    known = open_clip.get_pretrained_cfg(architecture, tag)
    if not known:
        tags = ", ".join(open_clip.list_pretrained_tags_by_model(architecture)) or "none"
        raise ValueError(f"{name!r}: expected {PREFIX}{architecture}/TAG, or weights=a file; its tags: {tags}")
    published = from_json(PublishedWeights, json.dumps(known), source=name)
    config["quick_gelu"] = published.quick_gelu or config.get("quick_gelu", False)
    file = _tagged(published.hf_hub, architecture, tag, network=network)
    return OpenClipFiles(_text(config), towers, published, file, f"{architecture}, {tag}")


def _text(config: dict[str, object]) -> str:
    return json.dumps(config, sort_keys=True)


def _of_folder(folder: Path) -> OpenClipFiles:
    check_weights(folder)
    given = read_part(ConfigFile, folder / CONFIG, absent=ConfigFile())
    if given.model_cfg is None:
        raise ValueError(f"{folder / CONFIG} has no model_cfg: copy the file of the model anew")
    config = _text(given.model_cfg)
    towers = _readable(config, folder.name, f"{folder / CONFIG}, model_cfg")
    file = folder / WEIGHTS
    file = file if file.is_file() else sorted(folder.glob("*.safetensors"))[0]
    return OpenClipFiles(config, towers, given.preprocess_cfg, file, folder.name)


def _own_file(weights: str | Path) -> Path:
    file = Path(weights).expanduser()
    if file.suffix != ".safetensors" or not file.is_file():
        raise ValueError(f"weights {str(weights)!r}: expected a .safetensors file that is there")
    return file


def _tagged(hf_hub: str, architecture: str, tag: str, *, network: bool) -> Path:
    """The tag's .safetensors in the Hugging Face cache, fetched if the network may be used."""
    repository, _, file = hf_hub.rpartition("/")
    file = f"{Path(file).stem}.safetensors" if file else WEIGHTS
    if not repository:
        raise ValueError(f"{architecture}/{tag} is not published as .safetensors: choose another tag")
    weights = hub_folder(repository, (file, CONFIG), network=network) / file
    if not weights.is_file():
        raise ValueError(f"{repository} holds no {file} for {architecture}/{tag}: choose another tag")
    return weights


def _readable(config: str, label: str, source: str) -> Architecture:
    """The used fields of a config. Raises ValueError, which names an alternative, for a model whose patches or texts
    cannot be read."""
    architecture = from_json(Architecture, config, source=source)
    check_towers(architecture, label)
    return architecture


def check_towers(architecture: Architecture, label: str) -> None:
    """Raises ValueError, which names an alternative, for a model whose patches or texts cannot be read."""
    vision, text = architecture.vision_cfg, architecture.text_cfg
    reason = None
    if isinstance(vision.layers, tuple):
        reason = "its image tower is a ResNet, whose pooling has no class token that patches could follow"
    elif vision.timm_model_name is not None:
        reason = "its image tower is one of timm's"
    elif vision.attentional_pool or architecture.multimodal_cfg is not None:
        reason = "its image tower pools by attention, and a decoder writes captions"
    elif text.hf_model_name or text.hf_tokenizer_name:
        reason = "its text tower or tokenizer is one of Hugging Face's"
    if reason:
        raise ValueError(
            f"{label} cannot be read as tokens in the space of its texts: {reason}. Use a ViT with open_clip's own "
            "text tower, such as ViT-B-32, or the model's version on Hugging Face, hf:org/name"
        )
