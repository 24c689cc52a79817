"""Whether the model that a folder's config describes can be in its weights files, before it is built."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import torch
from torch import nn

from concepts.data.texts import one_line

MOST_LAYERS, MOST_LABELS = 1000, 1_000_000
NUMBERS_PER_BYTE = 4  # of packed weights
SMALL = 10**6  # numbers that a model may have in any case
COUNTS = ("layer", "block", "depth", "stage", "expert")  # in names of fields: parts that are built one by one


def check_counts(config: object, source: str) -> None:
    """Raises ValueError for numbers of layers or labels that no model has; building them one by one would not end."""
    for name, value in _numbers(config):
        most = MOST_LABELS if "label" in name else MOST_LAYERS if any(word in name for word in COUNTS) else None
        if most is not None and value > most:
            raise ValueError(f"{source}: {one_line(name, 60)} is larger than {most:,}: copy the file anew")


def check_size(build: Callable[[], object], files: list[Path], source: str) -> None:
    """Builds the model without values, on the device meta, and compares it with the weights files.

    Raises ValueError where it cannot be built, or has more numbers than they can hold.
    """
    try:
        with torch.device("meta"):
            model = build()
    except Exception as error:  # the config is the user's, and each architecture has errors of its own
        raise ValueError(f"{source} cannot be built as a model ({one_line(error)}): copy the files anew") from error
    n = sum(value.numel() for value in model.parameters()) if isinstance(model, nn.Module) else 0
    n_bytes = sum(file.stat().st_size for file in files)
    if n > max(SMALL, NUMBERS_PER_BYTE * n_bytes):
        raise ValueError(
            f"the weights, {n_bytes:,} bytes, do not fit the architecture {source}, a model of {n:.1e} numbers: "
            "copy the files anew"
        )


def _numbers(value: object, name: str = "") -> Iterator[tuple[str, int]]:
    """All whole numbers of a JSON value, each with the key that it is under."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _numbers(inner, str(key))
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _numbers(inner, name)
    elif isinstance(value, int):
        yield name, value
