"""The demo's shipped files: weights as .safetensors, and one `recipe.json` that says how they came about."""

import os
import platform
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import save
from torch import Tensor

from concepts.app_folder import DEMO
from concepts.demo.network import DEMO_MODELS, demo_model
from concepts.demo.pair.network import FILE, WIDTHS
from concepts.demo.pair.training import PairResult, train_pair
from concepts.demo.training import TrainingResult, train_demo
from concepts.store import read_json, write_json

RECIPE = "recipe.json"


def build_demo(
    folder: Path | None = None, *, seed: int = 0, progress: Callable[[str, float], None] | None = None
) -> dict[str, TrainingResult]:
    """Trains every demo network from nothing and writes it to the folder, by default the one that ships.

    Returns model name → result. progress: called with a stage and the share of it that is done.
    """
    return {name: write_demo(name, folder or DEMO, seed=seed, progress=progress) for name in DEMO_MODELS}


def write_demo(
    name: str, folder: Path, *, seed: int = 0, progress: Callable[[str, float], None] | None = None
) -> TrainingResult:
    """Trains one demo network and writes its weights and its entry of the recipe, each file whole or not at all."""
    result = train_demo(name, seed, progress)
    _write(name, folder, demo_model(name).file, result.state_dict, _entry(name, result))
    return result


def write_pair(
    folder: Path | None = None, *, seed: int = 0, progress: Callable[[str, float], None] | None = None
) -> PairResult:
    """Trains the pair of image and text encoders and writes its weights and its entry of the recipe, likewise."""
    result = train_pair(seed, progress)
    entry = result.recipe | {"network": {"widths": WIDTHS}, "versions": _versions()}
    _write("demo/pair", folder or DEMO, FILE, result.state_dict, entry)
    return result


def _write(name: str, folder: Path, file: str, weights: dict[str, Tensor], entry: dict[str, Any]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    _write_weights(folder / file, weights)
    recipes = read_json(folder / RECIPE) if (folder / RECIPE).is_file() else {}
    write_json(folder / RECIPE, recipes | {name: entry})


def _versions() -> dict[str, str]:
    return {"python": platform.python_version(), "torch": torch.__version__, "numpy": np.__version__}


def _entry(name: str, result: TrainingResult) -> dict[str, Any]:
    spec = demo_model(name)
    shape = {"side": spec.side, "widths": spec.widths, "kernels": spec.kernels, "stride": spec.stride}
    classes = {"classes": spec.class_names, "interval_95": result.interval}
    return result.recipe | classes | {"network": shape, "versions": _versions()}


def _write_weights(path: Path, weights: dict[str, Tensor]) -> None:
    unfinished = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}")
    unfinished.write_bytes(save(weights))
    os.replace(unfinished, path)
