"""Where an open_clip model's config and .safetensors are: a folder, a file of one's own, the cache, then the hub."""

import json
from copy import deepcopy
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any

from concepts.encoders.folders import check_weights, how_to_fetch, library, read_json

PREFIX = "open_clip:"
CONFIG = "open_clip_config.json"
WEIGHTS = "open_clip_model.safetensors"


@dataclass(frozen=True)
class OpenClipFiles:
    """`config`: embed_dim, vision_cfg, text_cfg. `preprocess`: mean, std, resize_mode, interpolation where given."""

    config: dict[str, Any]
    preprocess: dict[str, Any]
    weights: Path
    label: str

    def fingerprint(self) -> str:
        """blake2b over the config and the file of weights: the same whatever the size of the photos."""
        digest = blake2b(json.dumps(self.config, sort_keys=True).encode(), digest_size=16)
        with self.weights.open("rb") as file:
            while chunk := file.read(2**24):
                digest.update(chunk)
        return digest.hexdigest()


def openclip_files(name: str, weights: str | Path | None, *, network: bool) -> OpenClipFiles:
    """The files of `open_clip:ARCH/TAG`, of `open_clip:ARCH` with a file of weights, or of a folder with its config.

    A tag's activation (QuickGELU or GELU) is the one that it was trained with, where open_clip itself only warns.
    Raises ValueError for an unknown architecture or tag, one that cannot be read (see `check_towers`), for weights
    that are not .safetensors, and when they are neither in the cache nor to be fetched.
    """
    if not name.startswith(PREFIX):
        return _of_folder(Path(name).expanduser())
    open_clip = library("open_clip")
    architecture, _, tag = name.removeprefix(PREFIX).partition("/")
    config = open_clip.get_model_config(architecture)
    if config is None:
        raise ValueError(f"open_clip has no architecture {architecture!r}: see open_clip.list_models()")
    check_towers(config, architecture)
    if weights:
        return OpenClipFiles(config, {}, _own_file(weights), f"{architecture}, {Path(weights).name}")
    known = open_clip.get_pretrained_cfg(architecture, tag)
    if not known:
        tags = ", ".join(open_clip.list_pretrained_tags_by_model(architecture)) or "none"
        raise ValueError(f"{name!r}: expected {PREFIX}{architecture}/TAG, or weights=a file; its tags: {tags}")
    config["quick_gelu"] = bool(known.get("quick_gelu")) or config.get("quick_gelu", False)
    return OpenClipFiles(config, known, _tagged(known, architecture, tag, network=network), f"{architecture}, {tag}")


def _of_folder(folder: Path) -> OpenClipFiles:
    check_weights(folder)
    given = read_json(folder / CONFIG)
    if "model_cfg" not in given:
        raise ValueError(f"{folder / CONFIG} has no model_cfg: copy the file of the model anew")
    check_towers(given["model_cfg"], folder.name)
    file = folder / WEIGHTS
    file = file if file.is_file() else sorted(folder.glob("*.safetensors"))[0]
    return OpenClipFiles(deepcopy(given["model_cfg"]), given.get("preprocess_cfg", {}), file, folder.name)


def _own_file(weights: str | Path) -> Path:
    file = Path(weights).expanduser()
    if file.suffix != ".safetensors" or not file.is_file():
        raise ValueError(f"weights {str(weights)!r}: expected a .safetensors file that is there")
    return file


def _tagged(known: dict[str, Any], architecture: str, tag: str, *, network: bool) -> Path:
    """The tag's .safetensors in the Hugging Face cache, fetched where the network may be used."""
    hub = library("huggingface_hub")
    repository, _, file = known.get("hf_hub", "").rpartition("/")
    file = WEIGHTS if not file else f"{Path(file).stem}.safetensors"
    if not repository:
        raise ValueError(f"{architecture}/{tag} is not published as .safetensors: choose another tag")
    reason = "the network was not to be used"
    for local in (True, False) if network else (True,):
        try:
            return Path(hub.hf_hub_download(repository, file, local_files_only=local))
        except Exception as error:  # not cached, no network, a gate: the library has a class for each, and httpx's
            reason = reason if local else str(error).strip().splitlines()[0]
    raise ValueError(
        f"{file} of {repository} is not in the Hugging Face cache ({hub.constants.HF_HUB_CACHE}) and could not be "
        f"fetched ({reason}). {how_to_fetch(repository, (file, CONFIG))}"
    )


def check_towers(config: dict[str, Any], label: str) -> None:
    """Raises ValueError, with what to use instead, for a model without patches or texts that can be read."""
    vision, text = config["vision_cfg"], config["text_cfg"]
    reason = None
    if isinstance(vision.get("layers"), list | tuple):
        reason = "its image tower is a ResNet, whose pooling has no class token that patches could follow"
    elif "timm_model_name" in vision:
        reason = "its image tower is one of timm's"
    elif vision.get("attentional_pool") or "multimodal_cfg" in config:
        reason = "its image tower pools by attention, and a decoder writes captions"
    elif text.get("hf_model_name") or text.get("hf_tokenizer_name"):
        reason = "its text tower or tokenizer is one of Hugging Face's"
    if reason:
        raise ValueError(
            f"{label} cannot be read as tokens in the space of its texts: {reason}. Use a ViT with open_clip's own "
            "text tower, such as ViT-B-32, or the model's version on Hugging Face, hf:org/name"
        )
