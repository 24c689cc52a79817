"""Locating the files of a model: a local folder, the Hugging Face cache, and only then the hub."""

import importlib
from pathlib import Path
from types import ModuleType
from typing import TypeVar

from concepts.storage.typed_json import read_typed

FILES = ("*.json", "*.txt", "*.model", "*.safetensors")  # never code, never a pickle
PICKLES = ("*.bin", "*.pt", "*.pth", "*.ckpt", "*.h5", "*.msgpack")
T = TypeVar("T")
INSTALL = "python -m pip install -r requirements-encoders.txt"


def library(name: str) -> ModuleType:
    """The imported library. Raises ValueError, which names what to install, where it is missing."""
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise ValueError(f"this encoder needs the library {name}, which is not installed: run `{INSTALL}`") from error


def model_folder(name: str, *, network: bool) -> Path:
    """The folder that holds a model's config, tokenizer and .safetensors: `hf:org/name`, or a path.

    The hub is used only if the cache does not hold the model and `network` is true.
    Raises ValueError when the folder does not exist, or the model is not cached and cannot be fetched.
    """
    if not name.startswith("hf:"):
        folder = Path(name).expanduser()
        if not folder.is_dir():
            raise ValueError(f"{name!r} is not a folder: give one with a config.json, or hf:org/name")
        return folder
    repository = name.removeprefix("hf:")
    if repository.count("/") != 1 or not all(repository.split("/")):
        raise ValueError(f"{name!r}: expected hf:org/name, as in hf:facebook/dinov2-small")
    return hub_folder(repository, FILES, network=network)


def hub_folder(repository: str, files: tuple[str, ...], *, network: bool) -> Path:
    """A folder with these files of a hub model: from the cache if it holds weights, else fetched.

    Raises ValueError, with the cache's path and what to do, when the model is not cached and cannot be fetched.
    """
    hub = library("huggingface_hub")
    reason = "the network was not to be used"
    for local in (True, False) if network else (True,):
        try:
            folder = Path(hub.snapshot_download(repository, local_files_only=local, allow_patterns=list(files)))
        except Exception as error:  # not cached, no network, no such model, gated: each has its own error class
            reason = reason if local else (str(error).strip() or type(error).__name__).splitlines()[0]
            continue
        if not local or any(folder.rglob("*.safetensors")):
            return folder
    raise ValueError(
        f"{repository} is not in the Hugging Face cache ({hub.constants.HF_HUB_CACHE}) and could not be fetched "
        f"({reason}). {how_to_fetch(repository, files)}"
    )


def how_to_fetch(repository: str, files: tuple[str, ...]) -> str:
    """Instructions to fetch the files on a machine with a network and to copy them here."""
    folder = repository.rpartition("/")[2]
    chosen = " ".join(f'--include "{each}"' for each in files)
    return (
        f"On a machine with a network run `hf download {repository} {chosen} --local-dir {folder}`, "
        f"copy the folder {folder} here, and give its path as the name"
    )


def check_weights(folder: Path) -> None:
    """Raises ValueError where the folder holds no .safetensors; a pickle in it is never read."""
    if any(folder.glob("*.safetensors")):
        return
    pickles = sorted(path.name for pattern in PICKLES for path in folder.glob(pattern))
    if pickles:
        raise ValueError(
            f"{folder} holds its weights as {', '.join(pickles)}, which can run code when read: only .safetensors "
            "is. Convert them elsewhere with model.save_pretrained(folder), which writes model.safetensors"
        )
    raise ValueError(f"{folder} holds no weights: expected model.safetensors (or its parts) beside config.json")


def read_part(kind: type[T], path: Path, *, absent: T) -> T:
    """The fields of the dataclass as read from a JSON file; `absent` where there is no such file.

    Raises ValueError, one line with the file and the field, where the file is not JSON or a field has another type.
    """
    if not path.is_file():
        return absent
    try:
        return read_typed(kind, path)
    except ValueError as error:
        raise ValueError(f"{error}: copy the file anew") from error
