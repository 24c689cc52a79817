"""Building of the shipped files of the demo's text networks: weights, vocabulary, and their entries in recipe.json."""

import platform
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import numpy as np
import torch
from safetensors.torch import save

from concepts.demo.texts.data import TEXTS
from concepts.demo.texts.network import FOLDER, TEXT_NETWORKS, Convolution, WordList, text_network
from concepts.demo.texts.rival import Rival, bag_of_words
from concepts.demo.texts.training import TextRecipe, TextResult, train_texts
from concepts.storage.app_folder import DEMO
from concepts.storage.store import write_bytes, write_json
from concepts.storage.typed_json import json_names, read_typed, to_json, write_typed

RECIPE = "texts.json"
Entries = dict[str, object]  # of the recipe, by name: those of other networks are kept


@dataclass(frozen=True)
class TextNetworkShape:
    """The shape of a text network. words: ids of its vocabulary."""

    words: int
    width: int
    layers: tuple[Convolution, ...]


@dataclass(frozen=True, kw_only=True)
class TextEntry(TextRecipe):
    """A text network in the recipe: its training and its results, beside those of a bag of words."""

    __pydantic_config__: ClassVar = json_names(n_texts="texts", n_held_out="held_out", interval="interval_95")

    seed: int
    n_texts: int
    n_held_out: int
    threads: int
    accuracy: float
    interval: tuple[float, float]
    bag_of_words: Rival
    classes: tuple[str, ...]
    network: TextNetworkShape
    versions: dict[str, str]


def write_texts(
    folder: Path | None = None, *, seed: int = 0, progress: Callable[[str, float], None] | None = None
) -> dict[str, tuple[TextResult, Rival]]:
    """Trains every demo network for texts and writes it to `folder`/texts, by default the shipped one.

    Returns model name → its result, and that of the bag of words on the same texts.
    """
    return {name: write_text_network(name, folder or DEMO, seed=seed, progress=progress) for name in TEXT_NETWORKS}


def write_text_network(
    name: str, folder: Path, *, seed: int = 0, progress: Callable[[str, float], None] | None = None
) -> tuple[TextResult, Rival]:
    """Trains one network and writes its weights (16 bits), vocabulary and entry in the recipe, each file atomically."""
    spec, result = text_network(name), train_texts(name, seed, progress)
    rival, place = bag_of_words(TEXTS[name](False, seed), TEXTS[name](True, seed)), folder / FOLDER
    place.mkdir(parents=True, exist_ok=True)
    write_bytes(place / spec.file, save({key: value.half() for key, value in result.state_dict.items()}))
    write_typed(place / spec.words_file, WordList(spec.class_names, result.words))
    entries = read_typed(Entries, place / RECIPE) if (place / RECIPE).is_file() else {}
    write_json(place / RECIPE, entries | {name: to_json(_entry(name, result, rival))})
    return result, rival


def _entry(name: str, result: TextResult, rival: Rival) -> TextEntry:
    spec = text_network(name)
    return TextEntry(
        **vars(result.recipe),
        seed=result.seed,
        n_texts=result.n_texts,
        n_held_out=result.n_held_out,
        threads=torch.get_num_threads(),
        accuracy=result.accuracy,
        interval=result.interval,
        bag_of_words=rival,
        classes=spec.class_names,
        network=TextNetworkShape(result.state_dict["embedding.weight"].shape[0], spec.width, spec.layers),
        versions={"python": platform.python_version(), "torch": torch.__version__, "numpy": np.__version__},
    )
