"""Extractors by name: construction, and loading from a file."""

from collections.abc import Callable
from functools import partial
from importlib import import_module
from pathlib import Path

from concepts.extraction.base import Extractor, Option, SavedExtractor
from concepts.extraction.extraction_method import ExtractionMethod
from concepts.extraction.face import ClassifierAwareNMF, Head
from concepts.extraction.methods import CLASSIFIER_AWARE_NMF, EXTRACTIONS
from concepts.storage.typed_json import from_json


def estimator_of(method: ExtractionMethod) -> type[Extractor]:
    """The class that implements a method."""
    module, name = method.implementation.split(":")
    return getattr(import_module(module), name)


EXTRACTORS: dict[str, type[Extractor]] = {name: estimator_of(method) for name, method in EXTRACTIONS.items()}


def make_extractor(method: str, n_concepts: int, *, seed: int = 0, **options: Option) -> Extractor:
    """The unfitted estimator of that name. `options` are those of its constructor; an unknown one is an error.

    Raises ValueError for an unknown method (the message lists the known ones) or n_concepts < 1.
    """
    if method == CLASSIFIER_AWARE_NMF.name:
        raise ValueError(f"{method} needs a model's head: make it with classifier_aware_nmf(split, n_concepts)")
    if method not in EXTRACTORS:
        raise ValueError(f"unknown extraction method {method!r}: choose one of {', '.join(EXTRACTORS)}")
    return EXTRACTORS[method](n_concepts, seed=seed, **options)


def load_extractor(path: str | Path, *, device: str = "cpu", head: Head | None = None) -> Extractor:
    """The fitted extractor that `Extractor.save` wrote, bit for bit. Nothing is unpickled.

    head: the model's head, which classifier-aware NMF needs and the file does not hold.
    Raises ValueError when the file is not a saved extractor, or when a head is missing.
    """
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="pt", device=device) as file:
            described = (file.metadata() or {})["extractor"]
            # cloned: a tensor read from a file may have any alignment, on which the rounding of libraries depends
            state = {name: file.get_tensor(name).clone() for name in file.keys()}  # noqa: SIM118 (not a dict)
    except (SafetensorError, KeyError) as error:
        raise ValueError(f"{path} is not a saved extractor: {error}") from error
    saved = from_json(SavedExtractor, described, source=str(path))
    make: Callable[..., Extractor] = partial(make_extractor, saved.method)
    if saved.method == CLASSIFIER_AWARE_NMF.name:
        if head is None:
            raise ValueError(f"{path} holds a classifier-aware NMF: give load_extractor the head of its model")
        make = partial(ClassifierAwareNMF, head=head)
    try:
        return make(saved.n_concepts, seed=saved.seed, **saved.options).restore(**state)
    except TypeError as error:
        raise ValueError(f"{path} is not a saved extractor: {error}") from error
