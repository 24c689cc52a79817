"""What several commands have in common: the model and photos that they take, how they show progress and time."""

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from concepts.report.request import Request
from concepts.report.settings import PHOTOS, ReportSettings
from concepts.request import load_split, open_request_photos

if TYPE_CHECKING:
    from PIL import Image

    from concepts.dataset import Dataset
    from concepts.models import Split


def add_model(parser: argparse.ArgumentParser) -> None:
    """Which model, and how photos become its input."""
    add = parser.add_argument
    add("--model", required=True, help="a torchvision classifier, or your own: path/to/file.py:factory")
    add("--weights", help="a .safetensors or .pt file, a torchvision weights name, or DEFAULT")
    add("--classes", metavar="FILE", help="class names: one a line, or JSON")
    add("--n-classes", type=int, metavar="N", help="number of classes, where the weights do not tell")
    add("--resize", type=int, metavar="PIXELS", help="short side, instead of the weights' own")
    add("--crop", type=int, metavar="PIXELS", help="centre crop, instead of the weights' own")
    add("--device", default="cpu", help="cpu, cuda, cuda:1 …")


def add_photos(parser: argparse.ArgumentParser) -> None:
    """Which photos, which class, which layer."""
    add = parser.add_argument
    add("--images", required=True, help="a folder (of class folders), a .zip, or a .txt list of files")
    add("--target", required=True, help="a class name or index, or a group: 151-268 or 'tabby, tiger cat'")
    add("--layer", help="module path of the split; a good one is chosen when left out")
    add("--photos", choices=PHOTOS, default="class", help="those of the class, or all (default: %(default)s)")
    add(
        "--store",
        type=Path,
        metavar="FOLDER",
        help="where finished stages are kept (default: .concepts-store beside --out)",
    )


def store_of(options: argparse.Namespace) -> Path:
    """Where finished stages are kept."""
    return options.store or options.out.resolve().parent / ".concepts-store"


def request_of(
    options: argparse.Namespace,
    *,
    images: str = "",
    target: str = "",
    layer: str | None = None,
    settings: ReportSettings | None = None,
) -> Request:
    """A request for the model of `add_model`."""
    return Request(
        model=options.model,
        images=images,
        target=target,
        weights=options.weights,
        layer=layer,
        classes=options.classes,
        n_classes=options.n_classes,
        resize=options.resize,
        crop=options.crop,
        device=options.device,
        settings=settings or ReportSettings(),
    )


def names_in(text: str) -> tuple[str, ...]:
    """The names in "a, b, c"."""
    return tuple(part.strip() for part in text.split(",") if part.strip())


def numbers_in(text: str, option: str) -> tuple[int, ...]:
    """The numbers in "10,20". Raises ValueError, naming the option, for none and for anything else among them."""
    parts = names_in(text)
    if not parts or not all(part.isdecimal() for part in parts):
        raise ValueError(f"{option} {text!r}: give one number or several, such as 10,20")
    return tuple(int(part) for part in parts)


def open_model_and_photos(options: argparse.Namespace, store: Path) -> tuple[Request, "Dataset[Image.Image]", "Split"]:
    """The request that `add_model` and `add_photos` ask for, its photos, its split; a wrong path is told first."""
    request = request_of(options, images=options.images, target=options.target, layer=options.layer)
    photos = open_request_photos(request, store)
    return request, photos, load_split(request, options.layer)


def show_progress() -> Callable[[str, float], None]:
    """Prints each stage, and its percentage in place when the output is a terminal."""
    live, shown = sys.stdout.isatty(), [""]

    def progress(stage: str, share: float) -> None:
        if live:
            print(f"\r{stage:<14}{share:>5.0%}", end="\n" if share >= 1 else "", flush=True)
        elif stage != shown[0]:
            print(f"{stage} …", flush=True)
        shown[0] = stage

    return progress


def print_times(seconds: dict[str, float], reused: Sequence[str]) -> None:
    """A line a stage: seconds, and as a multiple of one forward pass over the same photos (`Activations.seconds`)."""
    forward = max(seconds["forward pass"], 1e-9)
    stages = {name: value for name, value in seconds.items() if name != "forward pass"}
    print(f"  {'forward pass':<18}{forward:>8.1f} s         (photos read, decoded and drawn small, and the model)")
    for name, value in (stages | {"whole": sum(stages.values())}).items():
        print(f"  {name:<18}{value:>8.1f} s {value / forward:>6.2f} ×{'  (from the store)' if name in reused else ''}")
