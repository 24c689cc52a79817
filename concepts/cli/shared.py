"""Shared parts of the commands: options for model and photos, display of progress and times."""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from concepts.data.nouns import PHOTO, TEXT
from concepts.engine.analysis import load_split, open_request_photos
from concepts.engine.store_bound import store_bytes
from concepts.options import add_options, with_options
from concepts.report.request import MODEL, Request
from concepts.report.settings import CLASS, ReportSettings

if TYPE_CHECKING:
    from PIL import Image

    from concepts.data.dataset import Dataset
    from concepts.models import Split


def add_model(parser: argparse.ArgumentParser) -> None:
    """Adds the options for the model and its photo transform."""
    add_options(parser, Request, MODEL)


class _ForPhotos(argparse.Action):
    """An option that the command does not have, with what to do instead."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        raise ValueError(
            f"--texts: {parser.prog.split()[-1]} is for photos (--images); texts are explained by `report`"
        )


def photos_alone(parser: argparse.ArgumentParser) -> None:
    """Refuses --texts in one line that says that the command is for photos."""
    parser.add_argument("--texts", action=_ForPhotos, help=argparse.SUPPRESS)


def add_photos(parser: argparse.ArgumentParser) -> None:
    """Adds the options for photos, class and layer."""
    add_options(parser, Request, CLASS)
    add_options(parser, ReportSettings, CLASS)
    parser.add_argument(
        "--store",
        type=Path,
        metavar="FOLDER",
        help="where finished stages are kept (default: .concepts-store beside --out)",
    )


def store_of(options: argparse.Namespace) -> Path:
    """The folder that keeps finished stages. Raises ValueError, before any work, where its bound is no number."""
    store_bytes(os.environ)
    return options.store or options.out.resolve().parent / ".concepts-store"


def request_of(options: argparse.Namespace, settings: ReportSettings | None = None) -> Request:
    """The request from the options of `add_model`, and of `add_photos` where the command has them."""
    return with_options(Request(model="", images="", settings=settings or ReportSettings()), options)


def open_model_and_photos(options: argparse.Namespace, store: Path) -> tuple[Request, "Dataset[Image.Image]", "Split"]:
    """The request from `add_model` and `add_photos`, its photos, its split; a wrong path is reported first."""
    request = request_of(options)
    photos = open_request_photos(request, store)
    return request, photos, load_split(request, options.layer)


def show_progress() -> Callable[[str, float], None]:
    """A callback that prints each stage, with its percentage updated in place when the output is a terminal."""
    live, shown = sys.stdout.isatty(), [""]

    def progress(stage: str, share: float) -> None:
        if live:
            print(f"\r{stage:<14}{share:>5.0%}", end="\n" if share >= 1 else "", flush=True)
        elif stage != shown[0]:
            print(f"{stage} …", flush=True)
        shown[0] = stage

    return progress


def print_times(seconds: dict[str, float], reused: Sequence[str], noun: str = PHOTO) -> None:
    """Prints one line per stage: seconds, and multiples of one forward pass over the items (`Activations.seconds`)."""
    forward = max(seconds["forward pass"], 1e-9)
    read = "texts cut into tokens" if noun == TEXT else "photos read, decoded and drawn small"
    stages = {name: value for name, value in seconds.items() if name != "forward pass"}
    print(f"  {'forward pass':<18}{forward:>8.1f} s         ({read}, and the model)")
    for name, value in (stages | {"whole": sum(stages.values())}).items():
        print(f"  {name:<18}{value:>8.1f} s {value / forward:>6.2f} ×{'  (from the store)' if name in reused else ''}")
