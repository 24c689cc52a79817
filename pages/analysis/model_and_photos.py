"""The choice of model and photos: those that the operator named, or uploads that cannot run code."""

import hashlib
import os
import re
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from concepts.data.images import Limits, Skipped, store_uploads
from concepts.demo.names import DEMO_SOURCES
from concepts.models.classifiers.catalogue import TORCHVISION_CLASSIFIERS
from concepts.models.outputs import Kind
from concepts.storage.store import write_json
from concepts.storage.typed_json import read_typed
from pages.analysis.short_names import distinct_names, photos_name
from pages.components.safe_text import plain
from pages.state.server_settings import ServerSettings

UPLOAD = Limits(max_bytes=500 * 2**20, max_photos=5_000, max_pixels=40_000_000, max_file_bytes=64 * 2**20)
WEIGHT_SUFFIXES = ["safetensors", "pt", "pth"]
RANDOM, DOWNLOAD, OWN_FILE = "random weights", "torchvision's own (downloaded)", "a file of mine"
NAMED, UPLOADED, DRAWN = "a folder on the server", "an upload", "the demo's own pictures"
DEMO_PICTURES = {"demo/shapes": "drawn picture world", "demo/digits": "handwritten digits"}
OUTPUT_WORDS: dict[Kind, str] = {
    "classes": "classes, of which one is true",
    "multilabel": "labels, each true or not",
    "binary": "one output: yes or no",
    "regression": "quantities",
}
FOLDERS_SHOWN = 300
LEFT_OUT = "left-out.json"  # beside the photos of an upload: names and reasons
LeftOut = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class ModelChoice:
    """A model and its weights in the format of a request."""

    model: str
    weights: str | None = None
    output: Kind | None = None


def choose_model(server: ServerSettings) -> ModelChoice | None:
    """The chosen model; None while its weights are missing."""
    st.header("Model")
    names = [*server.models, *DEMO_SOURCES, *TORCHVISION_CLASSIFIERS]
    labels = _model_labels(server)
    name = st.selectbox("Classifier", names, key="model", format_func=lambda name: labels.get(name, name))
    if name in DEMO_SOURCES:
        return ModelChoice(name)
    if name in server.models:
        return ModelChoice(name, output=_output())
    kind = st.radio("Weights", [OWN_FILE, DOWNLOAD, RANDOM], key="weights", horizontal=True)
    if kind == DOWNLOAD:
        return ModelChoice(name, "DEFAULT")
    if kind == RANDOM:
        st.caption("An untrained network: a control. Its concepts say what the architecture alone gives.")
        return ModelChoice(name)
    file = st.file_uploader(
        "Weights file", WEIGHT_SUFFIXES, key="weights_file", help="A file that runs code is refused."
    )
    output = _output()
    return ModelChoice(name, str(_keep_weights(file.name, file.getvalue(), server)), output) if file else None


def _output() -> Kind | None:
    """The meaning of the outputs as the visitor states it; None: measured."""
    return st.selectbox(
        "What it returns", [None, *OUTPUT_WORDS], key="output",
        format_func=lambda kind: OUTPUT_WORDS.get(kind, "measure it (a model of one output asks for a choice)"),
    )  # fmt: skip


def _model_labels(server: ServerSettings) -> dict[str, str]:
    """Labels of models whose name is not readable by itself."""
    parts = [name.rpartition(":") for name in server.models]
    files = distinct_names([Path(file) for file, _, _ in parts])
    short = [f"{file}:{function}" for file, (_, _, function) in zip(files, parts, strict=True)]
    named = {name: f"{text} (named by the operator)" for name, text in zip(server.models, short, strict=True)}
    return named | {name: f"{name} (built in)" for name in DEMO_SOURCES}


def _keep_weights(name: str, data: bytes, server: ServerSettings) -> Path:
    """The path of the upload in a folder of its own; it is read without running code when the analysis starts."""
    digest = hashlib.blake2b(data, digest_size=12).hexdigest()
    file = server.workspace / "uploads" / "weights" / digest / _safe(name)
    if not file.is_file():
        file.parent.mkdir(parents=True, exist_ok=True)
        unfinished = file.with_suffix(".part")
        unfinished.write_bytes(data)
        os.replace(unfinished, file)
    return file


def _safe(name: str) -> str:
    """An uploaded file's name reduced to plain characters; its suffix in lower case."""
    path = Path(name)
    stem = re.sub(r"[^A-Za-z0-9_-]+", "-", path.stem).strip("-")[:60]
    return f"{stem or 'upload'}{path.suffix.lower()}"


def choose_photos(server: ServerSettings) -> str | None:
    """The folder of the chosen photos; None while nothing is chosen."""
    st.header("Photos")
    kinds = [NAMED, UPLOADED, DRAWN] if server.photos else [UPLOADED, DRAWN]
    kind = st.radio("Where the photos are", kinds, key="photos", horizontal=True)
    if kind == NAMED:
        return _named_folder(server)
    if kind == UPLOADED:
        return _uploaded(server)
    return st.selectbox("Pictures", DEMO_SOURCES, key="drawn", format_func=lambda name: DEMO_PICTURES[name])


def _named_folder(server: ServerSettings) -> str | None:
    folders = list(dict.fromkeys(folder for root in server.photos for folder in _folders(root)))
    if not folders:
        st.warning("The folders that the operator named are empty or not there.")
        return None
    chosen = st.selectbox(
        "Folder", folders, key="folder", format_func=lambda folder: photos_name(str(folder), server)
    )  # fmt: skip
    return str(chosen)


@st.cache_data(ttl=30, show_spinner=False)
def _folders(root: Path) -> list[Path]:
    """The root and its folders two levels down, sorted, without hidden ones and without links out of the root."""
    found = [root] if root.is_dir() else []
    for pattern in ("*", "*/*"):
        inside = (
            folder for folder in sorted(root.glob(pattern)) if folder.is_dir() and not folder.name.startswith(".")
        )
        found += [folder for folder in inside if folder.resolve().is_relative_to(root.resolve())]
    return sorted(found)[:FOLDERS_SHOWN]


def _uploaded(server: ServerSettings) -> str | None:
    files = st.file_uploader(
        "Photos: a zip of class folders, or files",
        ["zip", "jpg", "jpeg", "png", "webp", "bmp", "gif", "tif", "tiff"],
        accept_multiple_files=True,
        key="upload",
        max_upload_size=UPLOAD.max_bytes // 2**20,
        help=f"At most {UPLOAD.max_photos:,} photos, {UPLOAD.max_bytes // 2**20} MB together.",
    )
    if not files:
        return None
    return _keep_photos(tuple((file.name, file.getvalue()) for file in files), server)


def _keep_photos(files: tuple[tuple[str, bytes], ...], server: ServerSettings) -> str | None:
    digest = hashlib.blake2b(digest_size=12)
    for name, data in files:
        digest.update(f"{name}:{len(data)}:".encode())
        digest.update(data)
    place = server.workspace / "uploads" / "photos" / digest.hexdigest()
    folder = place / _upload_name([name for name, _ in files])
    if not folder.is_dir():
        left_out: list[Skipped] = []
        try:
            store_uploads(files, folder, UPLOAD, on_skip=left_out.append)
        except ValueError as error:
            st.error(str(error))
            return None
        write_json(place / LEFT_OUT, [[entry.name, entry.reason] for entry in left_out])
    _tell_left_out(place)
    return str(folder)


def _upload_name(names: list[str]) -> str:
    """The name of the photos in the report: the zip's name, or the number of files."""
    return Path(_safe(names[0])).stem if len(names) == 1 else f"upload of {len(names)} files"


def _tell_left_out(place: Path) -> None:
    left_out = read_typed(LeftOut, place / LEFT_OUT) if (place / LEFT_OUT).is_file() else ()
    for name, reason in left_out[:5]:
        st.warning(f"{plain(name)} is left out: {plain(reason)}")
    if len(left_out) > 5:
        st.warning(f"and {len(left_out) - 5:,} more are left out")
