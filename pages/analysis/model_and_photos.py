"""The choice of model and photos: those that the operator named, or uploads that cannot run code."""

from dataclasses import dataclass, replace
from pathlib import Path

import streamlit as st

from concepts.demo.names import DEMO_SOURCES
from concepts.engine.uploaded_files import FileKind, UploadedFile, keep_file
from concepts.models.classifiers.catalogue import TORCHVISION_CLASSIFIERS
from concepts.models.outputs import Kind
from concepts.options import names_in
from pages.analysis.deletion import deleted_here, offer_deletion
from pages.analysis.disk import disk_errors_shown
from pages.analysis.photo_sources import named_folder, uploaded_photos
from pages.analysis.short_names import distinct_names, safe_name
from pages.state.server_settings import ServerSettings

RANDOM, DOWNLOAD, OWN_FILE = "random weights", "torchvision's own (downloaded)", "a file of mine"
NAMED, UPLOADED, DRAWN, NONE = "a folder on the server", "an upload", "the demo's own pictures", "none"
DEMO_PICTURES = {"demo/shapes": "drawn picture world", "demo/digits": "handwritten digits"}
OUTPUT_WORDS: dict[Kind, str] = {
    "classes": "classes, of which one is true",
    "multilabel": "labels, each true or not",
    "binary": "one output: yes or no",
    "regression": "quantities",
}
PHOTOS_LABEL = "Photos: a zip of class folders, or files"
OTHERS_LABEL = "Photos of other classes: a zip of class folders, or files"
OTHERS_HELP = """\
For photos of one class only. With photos of other classes beside them, the order of the class names is tried; they \
are part of the report if it is of all photos."""
WEIGHTS_HELP = """\
Of safetensors or torch.save, whatever its name: a state dict, or a checkpoint that holds one. A file that runs code \
is refused."""
NAMES_HELP = """\
One a line, or one line with commas. Left empty, they are the model's own; if it has none, those of the photos' \
folders in alphabetical order."""


@dataclass(frozen=True)
class ModelChoice:
    """A model and its weights in the format of a request."""

    model: str
    weights: str | None = None
    output: Kind | None = None
    classes: str | None = None


@dataclass(frozen=True)
class PhotoChoice:
    """Photos, and photos of other classes if there are any, in the format of a request."""

    images: str
    others: str | None = None


def choose_model(server: ServerSettings) -> ModelChoice | None:
    """The chosen model with its class names; None while its weights are missing."""
    st.header("Model")
    chosen = _model_and_weights(server)
    if chosen is None or chosen.model in DEMO_SOURCES:
        return chosen
    text = st.text_area(
        "Class names, in the order of the outputs (optional)", key="class_names", help=NAMES_HELP, height=80
    )
    if not text.strip():
        return chosen
    names = _kept_names(text, server)
    return replace(chosen, classes=names) if names else None


def _model_and_weights(server: ServerSettings) -> ModelChoice | None:
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
    file = st.file_uploader("Weights file", key="weights_file", help=WEIGHTS_HELP)
    weights = _kept("weights", safe_name(file.name), file.getvalue(), server, key="weights_file") if file else None
    output = _output()
    return ModelChoice(name, weights, output) if weights else None


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


def _kept_names(text: str, server: ServerSettings) -> str | None:
    """The path of a file with these names, one a line; a single line holds all, separated by commas."""
    lines = [line.strip() for line in text.strip().splitlines()]
    names = names_in(text) if len(lines) == 1 else lines
    return _kept("names", "classes.txt", "\n".join(names).encode(), server, key="class_names")


def _kept(kind: FileKind, name: str, data: bytes, server: ServerSettings, *, key: str) -> str | None:
    """The path of an uploaded file, which is read without running code when the analysis starts.

    None, with a message on the page, where the visitor deleted it or the disk does not take it. key: of the control.
    """
    upload = UploadedFile.of(server.workspace, kind, name, data)
    if deleted_here(upload, key=key):
        return None
    with disk_errors_shown(f"The {kind}"):
        keep_file(upload, data)
    if not upload.file.is_file():
        return None
    offer_deletion(server, upload, key=key)
    return str(upload.file)


def choose_photos(server: ServerSettings) -> PhotoChoice | None:
    """The chosen photos, and those of other classes; None while any is missing."""
    st.header("Photos")
    kinds = [NAMED, UPLOADED] if server.photos else [UPLOADED]
    kind = st.radio("Where the photos are", [*kinds, DRAWN], key="photos", horizontal=True)
    if kind == DRAWN:
        drawn = st.selectbox("Pictures", DEMO_SOURCES, key="drawn", format_func=lambda name: DEMO_PICTURES[name])
        return PhotoChoice(drawn)
    images = named_folder(server) if kind == NAMED else uploaded_photos(server, label=PHOTOS_LABEL)
    of_others = st.radio(
        "Photos of other classes (optional)", [NONE, *kinds], key="others", horizontal=True, help=OTHERS_HELP
    )
    if of_others == NONE:
        return PhotoChoice(images) if images else None
    others = (
        named_folder(server, key="others_folder")
        if of_others == NAMED
        else uploaded_photos(server, label=OTHERS_LABEL, key="others_upload")
    )
    return PhotoChoice(images, others) if images and others else None
