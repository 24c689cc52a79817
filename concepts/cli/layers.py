"""`layers`: the layers at which a model can be split."""

import argparse

from concepts.cli.shared import add_model, request_of
from concepts.engine.analysis import load_split


def add(parser: argparse.ArgumentParser) -> None:
    """Adds the command's options."""
    add_model(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Prints every layer with its shape and sign, and the default with its reason."""
    split = load_split(request_of(options), None)
    for layer in split.layers():
        shape = " × ".join(str(size) for size in layer.shape)
        mark = "  ← default" if layer.path == split.layer else ""
        print(f"{layer.path:<40} {layer.kind:<7} {shape:<18} {layer.sign}{mark}")
    print(f"default: {split.layer}: {split.reason}")
    return 0
