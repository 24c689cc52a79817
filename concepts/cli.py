"""The command line: report, layers, demo. Exit codes: 0 done, 2 wrong input, 130 interrupted."""

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from concepts.report.place import checked_place
from concepts.report.result import ClassReport
from concepts.report.settings import IMPORTANCES, METHODS, PHOTOS, ReportSettings
from concepts.request import Request, analyse
from concepts.store import prune

WRONG_INPUT, INTERRUPTED = 2, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit code."""
    options = _parser().parse_args(arguments)
    try:
        return options.run(options)
    except (ValueError, OSError) as error:
        print(f"error: {' '.join(str(error).split())}", file=sys.stderr)
        return WRONG_INPUT
    except KeyboardInterrupt:
        print("\ninterrupted: finished stages are kept, the same command goes on from there", file=sys.stderr)
        return INTERRUPTED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m concepts", description="What has an image classifier learned?")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_report(commands.add_parser("report", help="the report of a class"))
    _add_layers(commands.add_parser("layers", help="the layers that a model can be split at"))
    _add_demo(commands.add_parser("demo", help="(re)build the embedded demo from nothing"))
    return parser


def _add_model(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--model", required=True, help="a torchvision classifier, or your own: path/to/file.py:factory")
    add("--weights", help="a .safetensors or .pt file, a torchvision weights name, or DEFAULT")
    add("--classes", metavar="FILE", help="class names: one a line, or JSON")
    add("--n-classes", type=int, metavar="N", help="number of classes, where the weights do not tell")
    add("--resize", type=int, metavar="PIXELS", help="short side, instead of the weights' own")
    add("--crop", type=int, metavar="PIXELS", help="centre crop, instead of the weights' own")
    add("--device", default="cpu", help="cpu, cuda, cuda:1 …")


def _add_report(parser: argparse.ArgumentParser) -> None:
    default, add = ReportSettings(), parser.add_argument
    _add_model(parser)
    add("--images", required=True, help="a folder (of class folders), a .zip, or a .txt list of files")
    add("--target", required=True, help="a class name or index, or a group: 151-268 or 'tabby, tiger cat'")
    add("--out", required=True, type=Path, metavar="FOLDER", help="where the report goes")
    add("--layer", help="module path of the split; a good one is chosen when left out")
    add("--method", default=default.method, help=f"{', '.join(METHODS)} (default: %(default)s)")
    add("--concepts", type=int, default=default.n_concepts, metavar="K", help="how many (default: %(default)s)")
    add("--importance", default=default.importance, help=f"{', '.join(IMPORTANCES)} (default: %(default)s)")
    add("--photos", choices=PHOTOS, default=default.photos, help="those of the class, or all (default: %(default)s)")
    add("--sample", type=int, default=default.sample, metavar="M", help="positions to fit on (default: %(default)s)")
    add("--sub-concepts", type=int, default=0, metavar="N", help="take the top concepts apart into so many parts")
    add(
        "--split-concepts",
        type=int,
        default=default.split_concepts,
        metavar="N",
        help="how many of them (default: %(default)s)",
    )
    add("--depth", type=int, default=default.depth, metavar="N", help="and their parts again (default: %(default)s)")
    add("--seed", type=int, default=default.seed, help="default: %(default)s")
    add(
        "--batch-size",
        type=int,
        default=default.batch_size,
        metavar="N",
        help="images at a time (default: %(default)s)",
    )
    add(
        "--store",
        type=Path,
        metavar="FOLDER",
        help="where finished stages are kept (default: .concepts-store beside --out)",
    )
    parser.set_defaults(run=_report)


def _report(options: argparse.Namespace) -> int:
    store = options.store or options.out.resolve().parent / ".concepts-store"
    checked_place(options.out, store=store)  # first: nothing is computed for a folder that cannot take it
    request = Request(
        **_model_fields(options),
        images=options.images,
        target=options.target,
        layer=options.layer,
        settings=ReportSettings(
            method=options.method,
            n_concepts=options.concepts,
            importance=options.importance,
            seed=options.seed,
            photos=options.photos,
            sample=options.sample,
            batch_size=options.batch_size,
            sub_concepts=options.sub_concepts,
            split_concepts=options.split_concepts,
            depth=options.depth,
        ),
    )
    report = analyse(request, store, show_progress())
    report.save(options.out)
    prune(store)
    print_summary(report, options.out)
    return 0


def _model_fields(options: argparse.Namespace) -> dict:
    names = ("model", "weights", "classes", "n_classes", "resize", "crop", "device")
    return {name: getattr(options, name) for name in names}


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


def print_summary(report: ClassReport, folder: Path) -> None:
    """What was found, what was written, and how long each stage took beside the forward pass."""
    data = report.data
    print(f"\n{data.title}: {len(data.images)} photos, layer {data.layer['path']}, {data.settings['method']}")
    print(f"  {data.accuracy['means']}: {data.accuracy['value']:.0%}")
    for concept in data.concepts[:5]:
        between = f"{concept.share_low:.0%} to {concept.share_high:.0%}"
        print(f"  concept {concept.index}: {concept.share:.0%} of importance ({between})")
    for strategy in data.strategies:
        reliability = "" if strategy.reliability is None else f", {strategy.reliability:.0%} right"
        concepts = ", ".join(str(j) for j in strategy.concepts[:3])
        said = f"{strategy.prevalence:.0%} of photos{reliability}; concepts {concepts}"
        suspicion = "" if strategy.suspicion is None else f"; shortcut suspicion {strategy.suspicion:.2f}"
        print(f"  strategy {strategy.label}: {said}{suspicion}")
    for entry in data.data["skipped"]:
        print(f"  skipped {entry['name']}: {entry['reason']}")
    print_times(data.seconds, data.reused)
    print(f"wrote {folder} (open {folder / 'report.html'} in a browser)")


def print_times(seconds: dict[str, float], reused: Sequence[str]) -> None:
    """A line a stage: seconds, and as a multiple of one forward pass over the same photos (`Activations.seconds`)."""
    forward = max(seconds["forward pass"], 1e-9)
    stages = {name: value for name, value in seconds.items() if name != "forward pass"}
    print(f"  {'forward pass':<18}{forward:>8.1f} s         (photos read, decoded and drawn small, and the model)")
    for name, value in (stages | {"whole": sum(stages.values())}).items():
        print(f"  {name:<18}{value:>8.1f} s {value / forward:>6.2f} ×{'  (from the store)' if name in reused else ''}")


def _add_layers(parser: argparse.ArgumentParser) -> None:
    _add_model(parser)
    parser.set_defaults(run=_layers)


def _layers(options: argparse.Namespace) -> int:
    from concepts.request import load_split

    split = load_split(Request(**_model_fields(options), images=""), None)
    for layer in split.layers():
        shape = " × ".join(str(size) for size in layer.shape)
        mark = "  ← default" if layer.path == split.layer else ""
        print(f"{layer.path:<40} {layer.kind:<7} {shape:<18} {layer.sign}{mark}")
    print(f"default: {split.layer}: {split.reason}")
    return 0


def _add_demo(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--out", type=Path, metavar="FOLDER", help="default: assets/demo of the project")
    parser.add_argument("--seed", type=int, default=0)
    parser.set_defaults(run=_demo)


def _demo(options: argparse.Namespace) -> int:
    from concepts.demo.building import build_demo
    from concepts.demo.network import ASSETS
    from concepts.demo.reports import build_reports, check_reports_place

    folder, progress = options.out or ASSETS, show_progress()
    check_reports_place(folder)
    for name, result in build_demo(folder, seed=options.seed, progress=progress).items():
        low, high = result.interval
        right = f"{result.accuracy:.1%} of held-out pictures right ({low:.1%} to {high:.1%})"
        print(f"{name}: {right}, trained in {result.seconds:.0f} s")
    print(f"wrote {build_reports(folder, seed=options.seed, progress=progress)}")
    return 0
