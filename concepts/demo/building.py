"""Building of the demo's shipped files: weights as .safetensors, and a `recipe.json` with their training."""

import platform
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import numpy as np
import torch
from safetensors.torch import save
from torch import Tensor

from concepts.demo.network import DEMO_MODELS, demo_model
from concepts.demo.pair.network import FILE, WIDTHS
from concepts.demo.pair.training import PairRecipe, PairResult, train_pair
from concepts.demo.training import TrainingRecipe, TrainingResult, train_demo
from concepts.storage.app_folder import DEMO
from concepts.storage.store import write_bytes, write_json
from concepts.storage.typed_json import json_names, read_typed, to_json

RECIPE = "recipe.json"
Entries = dict[str, object]  # of recipe.json, by name: those of other networks are kept


@dataclass(frozen=True)
class NetworkShape:
    """The shape of a network."""

    side: int  # of an input image, in pixels
    widths: tuple[int, ...]
    kernels: tuple[int, ...]
    stride: int


@dataclass(frozen=True, kw_only=True)
class NetworkEntry(TrainingRecipe):
    """A network in recipe.json: its training and its results."""

    __pydantic_config__: ClassVar = json_names(n_pictures="pictures", n_held_out="held_out", interval="interval_95")

    seed: int
    n_pictures: int
    n_held_out: int
    accuracy: float
    interval: tuple[float, float]
    classes: tuple[str, ...]
    network: NetworkShape
    versions: dict[str, str]


@dataclass(frozen=True)
class PairShape:
    """The shape of the pair."""

    widths: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class PairEntry(PairRecipe):
    """The pair in recipe.json: its training."""

    __pydantic_config__: ClassVar = json_names(n_pictures="pictures")

    seed: int
    n_pictures: int
    threads: int
    network: PairShape
    versions: dict[str, str]


def build_demo(
    folder: Path | None = None, *, seed: int = 0, progress: Callable[[str, float], None] | None = None
) -> dict[str, TrainingResult]:
    """Trains every demo network from scratch and writes it to the folder, by default the shipped one.

    Returns model name → result. progress: called with a stage and the completed share of it.
    """
    return {name: write_demo(name, folder or DEMO, seed=seed, progress=progress) for name in DEMO_MODELS}


def write_demo(
    name: str, folder: Path, *, seed: int = 0, progress: Callable[[str, float], None] | None = None
) -> TrainingResult:
    """Trains one demo network and writes its weights and its entry in the recipe, each file atomically."""
    result = train_demo(name, seed, progress)
    _write(name, folder, demo_model(name).file, result.state_dict, _entry(name, result))
    return result


def write_pair(
    folder: Path | None = None, *, seed: int = 0, progress: Callable[[str, float], None] | None = None
) -> PairResult:
    """Trains the pair of image and text encoders and writes its weights and its entry in the recipe, atomically."""
    result = train_pair(seed, progress)
    entry = PairEntry(
        **vars(result.recipe),
        seed=result.seed,
        n_pictures=result.n_pictures,
        threads=result.threads,
        network=PairShape(WIDTHS),
        versions=_versions(),
    )
    _write("demo/pair", folder or DEMO, FILE, result.state_dict, entry)
    return result


def _write(name: str, folder: Path, file: str, weights: dict[str, Tensor], entry: NetworkEntry | PairEntry) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    write_bytes(folder / file, save(weights))
    recipes = read_typed(Entries, folder / RECIPE) if (folder / RECIPE).is_file() else {}
    write_json(folder / RECIPE, recipes | {name: to_json(entry)})


def _versions() -> dict[str, str]:
    return {"python": platform.python_version(), "torch": torch.__version__, "numpy": np.__version__}


def _entry(name: str, result: TrainingResult) -> NetworkEntry:
    spec = demo_model(name)
    return NetworkEntry(
        **vars(result.recipe),
        seed=result.seed,
        n_pictures=result.n_pictures,
        n_held_out=result.n_held_out,
        accuracy=result.accuracy,
        interval=result.interval,
        classes=spec.class_names,
        network=NetworkShape(spec.side, spec.widths, spec.kernels, spec.stride),
        versions=_versions(),
    )
