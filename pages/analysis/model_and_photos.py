"""The choice of model and photos: those that the operator named, or uploads that cannot run code."""

from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from concepts.data.properties.table import SUFFIXES
from concepts.demo.names import DEMO_SOURCES
from concepts.models.classifiers.catalogue import TORCHVISION_CLASSIFIERS
from pages.analysis.model_options import OUTPUT_WORDS, ModelChoice, choose_output, with_class_names
from pages.analysis.photo_sources import named_folder, uploaded_photos
from pages.analysis.short_names import distinct_names, photos_name
from pages.analysis.single_files import uploaded_file
from pages.state.server_settings import ServerSettings

RANDOM, DOWNLOAD, OWN_FILE = "random weights", "torchvision's own (downloaded)", "a file of mine"
NAMED, UPLOADED, DRAWN, NONE = "a folder on the server", "an upload", "the demo's own pictures", "none"
DEMO_PICTURES = {"demo/shapes": "drawn picture world", "demo/digits": "handwritten digits"}
MEASURE = "measure it (a model of one output asks for a choice)"
PHOTOS_LABEL = "Photos: a zip of class folders, or files"
OTHERS_LABEL = "Photos of other classes: a zip of class folders, or files"
OTHERS_HELP = """\
For photos of one class only. With photos of other classes beside them, the order of the class names is tried; they \
are part of the report if it is of all photos."""
WEIGHTS_HELP = """\
Of safetensors or torch.save, whatever its name: a state dict, or a checkpoint that holds one. A file that runs code \
is refused."""
TABLE_HELP = """\
CSV, TSV or Parquet, with a column of the photos' file names. Its other columns (a hospital, a camera, a date) are \
tested against class, answers, strategies and concepts."""


@dataclass(frozen=True)
class PhotoChoice:
    """Photos, photos of other classes and a table about the photos if there are any, in the format of a request."""

    images: str
    others: str | None = None
    table: str | None = None


def choose_model(server: ServerSettings) -> ModelChoice | None:
    """The chosen model with its class names; None while its weights are missing."""
    chosen = _model_and_weights(server)
    if chosen is None or chosen.model in DEMO_SOURCES:
        return chosen
    return with_class_names(chosen, server, names_of="photos' folders")


def model_said(chosen: ModelChoice, server: ServerSettings) -> str:
    """The chosen model in one line."""
    name = _model_labels(server).get(chosen.model, chosen.model)
    parts = [name]
    if chosen.model in TORCHVISION_CLASSIFIERS:
        kept = {"DEFAULT": DOWNLOAD, None: RANDOM}.get(chosen.weights)
        parts += [kept or Path(str(chosen.weights)).name]
    parts += [OUTPUT_WORDS[chosen.output]] if chosen.output else []
    return ", ".join([*parts, *(["with your class names"] if chosen.classes else [])])


def _model_and_weights(server: ServerSettings) -> ModelChoice | None:
    own = [name for name in server.models if not name.startswith(("hf:", "head:", "ask:"))]  # these read texts
    names = [*own, *DEMO_SOURCES, *TORCHVISION_CLASSIFIERS]
    labels = _model_labels(server)
    name = st.selectbox(
        "Classifier", names, key="model", format_func=lambda name: labels.get(name, name), bind="query-params"
    )
    if name in DEMO_SOURCES:
        return ModelChoice(name)
    if name in server.models:
        return ModelChoice(name, output=choose_output(MEASURE))
    kind = st.radio("Weights", [OWN_FILE, DOWNLOAD, RANDOM], key="weights", horizontal=True, bind="query-params")
    if kind == DOWNLOAD:
        return ModelChoice(name, "DEFAULT")
    if kind == RANDOM:
        st.caption("An untrained network: a control. Its concepts say what the architecture alone gives.")
        return ModelChoice(name)
    weights = uploaded_file("Weights file", "weights", server, key="weights_file", help_text=WEIGHTS_HELP)
    output = choose_output(MEASURE)
    return ModelChoice(name, weights, output) if weights else None


def _model_labels(server: ServerSettings) -> dict[str, str]:
    """Labels of models whose name is not readable by itself."""
    parts = [name.rpartition(":") for name in server.models]
    files = distinct_names([Path(file) for file, _, _ in parts])
    short = [f"{file}:{function}" for file, (_, _, function) in zip(files, parts, strict=True)]
    named = {name: f"{text} (named by the operator)" for name, text in zip(server.models, short, strict=True)}
    return named | {name: f"{name} (built in)" for name in DEMO_SOURCES}


def choose_photos(server: ServerSettings) -> PhotoChoice | None:
    """The chosen photos, those of other classes, and the table; None while any photos asked for are missing."""
    kinds = [NAMED, UPLOADED] if server.photos else [UPLOADED]
    kind = st.radio("Where the photos are", [*kinds, DRAWN], key="photos", horizontal=True, bind="query-params")
    if kind == DRAWN:
        drawn = st.selectbox(
            "Pictures", DEMO_SOURCES, key="drawn", format_func=lambda name: DEMO_PICTURES[name], bind="query-params"
        )
        return PhotoChoice(drawn)
    images = named_folder(server) if kind == NAMED else uploaded_photos(server, label=PHOTOS_LABEL)
    with st.expander("Advanced: photos of other classes, a table about the photos"):
        of_others, others = _others(server, kinds)
        table = uploaded_file(
            "A table about the photos (optional)", "tables", server, key="table", help_text=TABLE_HELP,
            types=[suffix.removeprefix(".") for suffix in SUFFIXES],
        )  # fmt: skip
    complete = images and (others or of_others == NONE)
    return PhotoChoice(str(images), others, table) if complete else None


def _others(server: ServerSettings, kinds: list[str]) -> tuple[str, str | None]:
    """Where the photos of other classes are, and their path."""
    kind = st.radio(
        "Photos of other classes (optional)", [NONE, *kinds], key="others", horizontal=True, help=OTHERS_HELP,
        bind="query-params",
    )  # fmt: skip
    if kind == NAMED:
        return kind, named_folder(server, key="others_folder")
    return kind, uploaded_photos(server, label=OTHERS_LABEL, key="others_upload") if kind == UPLOADED else None


def photos_said(chosen: PhotoChoice, server: ServerSettings) -> str:
    """The chosen photos in one line."""
    parts = [DEMO_PICTURES.get(chosen.images) or photos_name(chosen.images, server)]
    parts += [f"others: {photos_name(chosen.others, server)}"] if chosen.others else []
    return ", ".join([*parts, *([f"table {Path(chosen.table).name}"] if chosen.table else [])])
