"""The kind of a weights file by its content; its suffix says nothing."""

import re
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from concepts.data.texts import one_line

Kind = Literal["safetensors", "zip", "pickle"]  # the last two by torch.save
HEAD = 4096  # bytes
WEIGHTS = "save the PyTorch model's state_dict() by torch.save or as .safetensors, and give that file"
OTHER_LIBRARY = f"its weights belong to no PyTorch model: {WEIGHTS}"
UNPACK = "unpack it, and give the weights file inside"


@dataclass(frozen=True)
class Foreign:
    """A kind of file that holds no weights that are read here; `what` it is and the `cure`."""

    start: bytes
    what: str
    cure: str = OTHER_LIBRARY
    at: int = 0  # offset of `start` in bytes


FOREIGN = (
    Foreign(b"\x89HDF\r\n\x1a\n", "an HDF5 file, as Keras writes them"),
    Foreign(b"\x93NUMPY", "a NumPy array"),
    Foreign(b"TFL3", "a TensorFlow Lite model", at=4),
    Foreign(b"GGUF", "a GGUF file"),
    Foreign(b"version https://git-lfs", "a Git LFS pointer, not the file itself", "run git lfs pull in its folder"),
    Foreign(b"ustar", "a tar archive", UNPACK, at=257),
    Foreign(b"\x1f\x8b", "compressed by gzip", UNPACK),
    Foreign(b"BZh", "compressed by bzip2", UNPACK),
    Foreign(b"\xfd7zXZ", "compressed by xz", UNPACK),
    Foreign(b"(\xb5/\xfd", "compressed by Zstandard", UNPACK),
    Foreign(b"7z\xbc\xaf\x27\x1c", "a 7z archive", UNPACK),
)


def kind_of(path: Path) -> Kind:
    """The kind of a weights file: safetensors, or torch.save's zip or its older pickles.

    Raises ValueError with one line that says what the file is, for any other.
    """
    if path.is_dir():
        raise ValueError(f"{str(path)!r} is a folder: give the weights file in it")
    if not path.is_file():
        raise ValueError(f"no weights file {str(path)!r}: check the path")
    with path.open("rb") as file:
        head = file.read(HEAD)
    if _is_safetensors(head, path.stat().st_size):
        return "safetensors"
    if head.startswith(b"PK\x03\x04"):
        return _kind_of_zip(path)
    if head.startswith(b"\x80"):
        return "pickle"
    raise _refusal(path, *_described(head, path))


def _is_safetensors(head: bytes, size: int) -> bool:
    """True for a header length of 8 bytes, little-endian, within the file, before JSON."""
    return head[8:9] == b"{" and 8 + int.from_bytes(head[:8], "little") <= size


def _kind_of_zip(path: Path) -> Kind:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except Exception as error:  # of a broken table: BadZipFile, OSError, NotImplementedError, struct.error and others
        raise ValueError(
            f"{str(path)!r} cannot be read: it is cut short or damaged ({one_line(error)}); copy or download it again"
        ) from error
    inner = {name.partition("/")[2] for name in names}  # torch puts all in one folder
    if "constants.pkl" in inner:
        raise _refusal(
            path,
            "a TorchScript archive, a program that is not run here",
            "give its Python model (a torchvision name or file.py:factory), and as weights what "
            "torch.save(torch.jit.load(…).state_dict(), …) writes",
        )
    if "data.pkl" in inner:
        return "zip"
    raise _refusal(path, *_described_zip(names, inner))


def _described_zip(names: list[str], inner: set[str]) -> tuple[str, str]:
    if inner & {"archive_format", "serialized_exported_program.json"} or "serialized_exported_program.json" in names:
        return "a program of torch.export", f"give its Python model as file.py:factory, and {WEIGHTS}"
    if "model.weights.h5" in names:
        return "a Keras model", OTHER_LIBRARY
    if names and all(name.endswith(".npy") for name in names):
        return "an archive of NumPy arrays", OTHER_LIBRARY
    return "a zip that torch did not write", UNPACK


def _described(head: bytes, path: Path) -> tuple[str, str]:
    """What the file is, and the cure."""
    if not head:
        return "empty", "copy or download it again"
    for each in FOREIGN:
        if head.startswith(each.start, each.at):
            return each.what, each.cure
    return _described_text(head) or _described_graph(head, path)


def _described_text(head: bytes) -> tuple[str, str] | None:
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if text.startswith((b"<!doctype", b"<html")):
        return "a web page, not weights", "download the file itself"
    if text.startswith(b"{"):
        if b'"weight_map"' in text or b'"metadata"' in text[:40]:
            return "the index of weights in several files", "load the model by it in PyTorch, and " + WEIGHTS
        return "JSON text, not weights", WEIGHTS
    return None


def _described_graph(head: bytes, path: Path) -> tuple[str, str]:
    """Protocol buffers have no mark at their start: ONNX begins with the number of its version."""
    if re.search(r"\.(pb|index|data-\d+-of-\d+)$", path.name):
        return "a file of TensorFlow", OTHER_LIBRARY
    if re.match(rb"\x08[\x01-\x1f][\x12\x1a\x22\x2a\x3a]", head):
        return "an ONNX model", f"give its PyTorch model as file.py:factory, and {WEIGHTS}"
    return "neither safetensors nor a file of torch.save, and cannot be read as weights", WEIGHTS


def _refusal(path: Path, what: str, cure: str) -> ValueError:
    return ValueError(f"{str(path)!r} is {what}: {cure}")
