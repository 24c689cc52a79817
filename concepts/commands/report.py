"""`report`: the report of a class."""

import argparse
from pathlib import Path

from attribution.methods import IMPORTANCES
from concepts.commands.shared import (
    add_model,
    add_photos,
    print_times,
    request_of,
    show_progress,
    store_of,
)
from concepts.output_folder import check_output_folder
from concepts.report.class_report import ClassReport
from concepts.report.folder import REPORT
from concepts.report.settings import METHODS, ReportSettings
from concepts.request import analyse
from concepts.store import prune


def add(parser: argparse.ArgumentParser) -> None:
    """Its options."""
    default, option = ReportSettings(), parser.add_argument
    add_model(parser)
    add_photos(parser)
    option("--out", required=True, type=Path, metavar="FOLDER", help="where the report goes")
    option("--method", default=default.method, help=f"{', '.join(METHODS)} (default: %(default)s)")
    option("--concepts", type=int, default=default.n_concepts, metavar="K", help="how many (default: %(default)s)")
    option("--importance", default=default.importance, help=f"{', '.join(IMPORTANCES)} (default: %(default)s)")
    option("--sample", type=int, default=default.sample, metavar="M", help="positions to fit on (default: %(default)s)")
    option("--sub-concepts", type=int, default=0, metavar="N", help="take the top concepts apart into so many parts")
    option(
        "--split-concepts",
        type=int,
        default=default.split_concepts,
        metavar="N",
        help="how many of them (default: %(default)s)",
    )
    option("--depth", type=int, default=default.depth, metavar="N", help="and their parts again (default: %(default)s)")
    option("--seed", type=int, default=default.seed, help="default: %(default)s")
    option(
        "--batch-size",
        type=int,
        default=default.batch_size,
        metavar="N",
        help="images at a time (default: %(default)s)",
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Builds the report and writes it."""
    store = store_of(options)
    check_output_folder(options.out, REPORT, store=store)  # first: nothing is computed for a folder that cannot take it
    request = request_of(
        options,
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


def print_summary(report: ClassReport, folder: Path) -> None:
    """What was found, what was written, and how long each stage took beside the forward pass."""
    data = report.data
    print(f"\n{data.title}: {len(data.images)} photos, layer {data.layer.path}, {data.settings.method}")
    print(f"  {data.accuracy.means}: {data.accuracy.value:.0%}")
    for concept in data.concepts[:5]:
        between = f"{concept.share_low:.0%} to {concept.share_high:.0%}"
        print(f"  concept {concept.index}: {concept.share:.0%} of importance ({between})")
    for strategy in data.strategies:
        reliability = "" if strategy.reliability is None else f", {strategy.reliability:.0%} right"
        concepts = ", ".join(str(j) for j in strategy.concepts[:3])
        said = f"{strategy.prevalence:.0%} of photos{reliability}; concepts {concepts}"
        suspicion = "" if strategy.suspicion is None else f"; shortcut suspicion {strategy.suspicion:.2f}"
        print(f"  strategy {strategy.label}: {said}{suspicion}")
    for entry in data.dataset.skipped:
        print(f"  skipped {entry.name}: {entry.reason}")
    print_times(data.seconds, data.reused)
    print(f"wrote {folder} (open {folder / 'report.html'} in a browser)")
