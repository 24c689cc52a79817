"""Which model, which photos: a visitor chooses what the operator named, or uploads what cannot run code."""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from concepts.catalogue import TORCHVISION_CLASSIFIERS
from concepts.photos import Limits, store_uploads
from concepts.request import DEMO_SOURCES
from pages.ui.operator import Operator

UPLOAD = Limits(max_bytes=512 * 2**20, max_photos=5_000, max_pixels=40_000_000, max_file_bytes=64 * 2**20)
WEIGHT_SUFFIXES = ["safetensors", "pt", "pth"]
RANDOM, DOWNLOAD, OWN_FILE = "random weights", "torchvision's own (downloaded)", "a file of mine"
NAMED, UPLOADED, DRAWN = "a folder on the server", "an upload", "the demo's own pictures"
DEMO_PICTURES = {"demo/shapes": "drawn picture world", "demo/digits": "handwritten digits"}
FOLDERS_SHOWN = 300


@dataclass(frozen=True)
class ModelChoice:
    """As a request takes it."""

    model: str
    weights: str | None = None


def choose_model(house: Operator) -> ModelChoice | None:
    """The chosen model; None while its weights are missing."""
    st.subheader("Model")
    names = [*house.models, *DEMO_SOURCES, *TORCHVISION_CLASSIFIERS]
    name = st.selectbox("Classifier", names, key="model", format_func=lambda name: _model_label(name, house))
    if name in house.models or name in DEMO_SOURCES:
        return ModelChoice(name)
    kind = st.radio("Weights", [OWN_FILE, DOWNLOAD, RANDOM], key="weights", horizontal=True)
    if kind == DOWNLOAD:
        return ModelChoice(name, "DEFAULT")
    if kind == RANDOM:
        st.caption("An untrained network: a control. Its concepts say what the architecture alone gives.")
        return ModelChoice(name)
    file = st.file_uploader(
        "Weights file", WEIGHT_SUFFIXES, key="weights_file", help="A file that runs code is refused."
    )
    return ModelChoice(name, str(_keep_weights(file.name, file.getvalue(), house))) if file else None


def _model_label(name: str, house: Operator) -> str:
    if name in house.models:
        file, _, function = name.rpartition(":")
        return f"{Path(file).name}:{function} (named by the operator)"
    return f"{name} (built in)" if name in DEMO_SOURCES else name


def _keep_weights(name: str, data: bytes, house: Operator) -> Path:
    """The upload under a name of our own; it is read without running code when the analysis starts."""
    digest = hashlib.blake2b(data, digest_size=12).hexdigest()
    file = house.workspace / "uploads" / "weights" / f"{digest}{Path(name).suffix.lower()}"
    if not file.is_file():
        file.parent.mkdir(parents=True, exist_ok=True)
        unfinished = file.with_suffix(".part")
        unfinished.write_bytes(data)
        os.replace(unfinished, file)
    return file


def choose_photos(house: Operator) -> str | None:
    """The folder of the chosen photos; None while nothing is chosen."""
    st.subheader("Photos")
    kinds = [NAMED, UPLOADED, DRAWN] if house.photos else [UPLOADED, DRAWN]
    kind = st.radio("Where the photos are", kinds, key="photos", horizontal=True)
    if kind == NAMED:
        return _named_folder(house)
    if kind == UPLOADED:
        return _uploaded(house)
    return st.selectbox("Pictures", DEMO_SOURCES, key="drawn", format_func=lambda name: DEMO_PICTURES[name])


def _named_folder(house: Operator) -> str | None:
    folders = [folder for root in house.photos for folder in _folders(root)]
    if not folders:
        st.warning("The folders that the operator named are empty or not there.")
        return None
    chosen = st.selectbox("Folder", folders, key="folder", format_func=lambda folder: _folder_label(folder, house))
    return str(chosen)


@st.cache_data(ttl=30, show_spinner=False)
def _folders(root: Path) -> list[Path]:
    """The root and its folders two levels down, in order, without hidden ones and without links out of the root."""
    found = [root] if root.is_dir() else []
    for pattern in ("*", "*/*"):
        inside = (
            folder for folder in sorted(root.glob(pattern)) if folder.is_dir() and not folder.name.startswith(".")
        )
        found += [folder for folder in inside if folder.resolve().is_relative_to(root.resolve())]
    return sorted(found)[:FOLDERS_SHOWN]


def _folder_label(folder: Path, house: Operator) -> str:
    root = next(root for root in house.photos if folder.is_relative_to(root))
    return str(Path(root.name) / folder.relative_to(root))


def _uploaded(house: Operator) -> str | None:
    files = st.file_uploader(
        "Photos: a zip of class folders, or files",
        ["zip", "jpg", "jpeg", "png", "webp", "bmp", "gif", "tif", "tiff"],
        accept_multiple_files=True,
        key="upload",
        help=f"At most {UPLOAD.max_photos:,} photos, {UPLOAD.max_bytes // 2**20} MB together.",
    )
    if not files:
        return None
    return _keep_photos(tuple((file.name, file.getvalue()) for file in files), house)


def _keep_photos(files: tuple[tuple[str, bytes], ...], house: Operator) -> str | None:
    digest = hashlib.blake2b(digest_size=12)
    for name, data in files:
        digest.update(f"{name}:{len(data)}:".encode())
        digest.update(data)
    folder = house.workspace / "uploads" / "photos" / digest.hexdigest()
    if not folder.is_dir():
        skipped: list = []
        try:
            store_uploads(files, folder, UPLOAD, on_skip=skipped.append)
        except ValueError as error:
            st.error(str(error))
            return None
        for entry in skipped[:5]:
            st.warning(f"{entry.name} is left out: {entry.reason}")
    return str(folder)
