"""Loading a transformers model from its folder: complete, frozen, from safetensors; and its fingerprint."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Generic, TypeVar

import torch

from concepts.data.texts import one_line
from concepts.models.classifiers.card import ModelCard, fingerprint
from concepts.models.classifiers.loading import seeded
from concepts.models.classifiers.transform import Prepare, describe, measured_input
from concepts.models.encoders.folders import check_weights, library
from concepts.models.encoders.model_types import Config, TorchModule
from concepts.models.encoders.size_check import check_counts, check_size

POOLER = "pooler"  # reads the class token after all layers; does not affect the tokens
PASSING = ("_name_or_path", "transformers_version", "dtype", "torch_dtype", "architectures")
M = TypeVar("M", bound=TorchModule)


@dataclass(frozen=True)
class AutoClass(Generic[M]):
    """A class of transformers that builds models from folders, such as AutoModel; M: the used part of these models."""

    name: str


def load_pretrained(
    kind: AutoClass[M], folder: Path, device: torch.device, *, dtype: torch.dtype | str = torch.float32
) -> M:
    """The model, in eval mode, parameters frozen.

    Only .safetensors are read, no code of the folder is run, nothing is fetched, the global generator is left
    unchanged. A pooler without weights is removed: a random one would change the fingerprint.
    Raises ValueError for other weights that are missing, or that do not fit.
    """
    transformers = library("transformers")
    transformers.utils.logging.disable_progress_bar()  # about 1 s long; mixes with the commands' output
    check_weights(folder)
    build = getattr(transformers, kind.name)
    _check_described(folder, build.from_config)
    with _readable(folder), seeded(0):
        model, info = build.from_pretrained(
            folder,
            local_files_only=True,
            use_safetensors=True,
            trust_remote_code=False,
            output_loading_info=True,
            dtype=dtype,
        )
    missing = sorted(info["missing_keys"])
    lacking = [key for key in missing if not key.startswith(f"{POOLER}.")]
    if len(lacking) < len(missing):
        setattr(model, POOLER, None)
    if lacking:
        raise ValueError(
            f"{folder} lacks {len(lacking)} weights of its model ({', '.join(lacking[:3])}, …): copy it anew"
        )
    return model.eval().requires_grad_(False).to(device)


def _check_described(folder: Path, build: Callable[[object], object]) -> None:
    """Raises ValueError for a config.json that describes a model larger than the weights beside it."""
    file = folder / "config.json"
    with _readable(folder):
        described = json.loads(file.read_bytes())
    check_counts(described, str(file))
    with _readable(folder):
        auto = library("transformers").AutoConfig
        config = auto.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
    with seeded(0):
        check_size(lambda: build(config), sorted(folder.glob("*.safetensors")), str(file))


@contextmanager
def _readable(folder: Path) -> Iterator[None]:
    try:
        yield
    except Exception as error:  # of damaged files: each architecture has errors of its own
        raise ValueError(f"{folder} cannot be read as a model of transformers ({one_line(error)})") from error


def stored_type(device: torch.device) -> torch.dtype | str:
    """The dtype for large models: as stored on a GPU; float32 on a CPU, where half precision is slow."""
    return torch.float32 if device.type == "cpu" else "auto"


def model_fingerprint(model: TorchModule, config: Config, *, besides: tuple[object, ...] = ()) -> str:
    """blake2b over weights, modules, config, and `besides`: anything else that determines the vectors, such as pooling.

    The config is included because the weights do not show the number of heads; fields that change when a folder is
    only moved or saved again are not.
    """
    values = {key: value for key, value in config.to_dict().items() if key not in PASSING}
    digest = blake2b(fingerprint(model).encode(), digest_size=16)
    digest.update(repr((sorted(values.items()), besides)).encode())
    return digest.hexdigest()


def encoder_card(*, name: str, weights: str, transform: Prepare, fingerprint: str) -> ModelCard:
    """The card of an encoder, which has no classes."""
    return ModelCard(
        name=name,
        weights=weights,
        class_names=None,
        transform=transform,
        transform_text=describe(transform),
        input_size=measured_input(transform)[1:],
        fingerprint=fingerprint,
    )
