"""`advise`: the number of concepts and the layer, measured on the photos."""

import argparse
from pathlib import Path

from concepts.cli.shared import add_model, add_photos, open_model_and_photos, photos_alone, show_progress, store_of
from concepts.engine.store_bound import prune_store
from concepts.extraction.methods import AUTO
from concepts.options import names_in, numbers_in
from concepts.report.settings import METHODS, ReportSettings
from concepts.storage.typed_json import write_typed


def add(parser: argparse.ArgumentParser) -> None:
    """Adds the command's options."""
    option = parser.add_argument
    add_model(parser)
    add_photos(parser)
    option("--out", required=True, type=Path, metavar="FILE", help="a .json file for the figures")
    option("--method", default=AUTO, choices=METHODS, help="default: %(default)s")
    option("--concepts", default="5,10,15,20,30", metavar="K,K", help="numbers to try (default: %(default)s)")
    option("--layers", default="", metavar="LAYER,LAYER", help="layers to try at the number advised (default: four)")
    option("--seed", type=int, default=0, help="default: %(default)s")
    photos_alone(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Prints both tables with the advice and writes them."""
    from concepts.evaluation.advice import AdviceFile, advise_layer, advise_n_concepts

    if options.out.suffix != ".json" or options.out.is_dir():
        raise ValueError(f"--out {options.out}: give the name of a .json file")
    numbers = numbers_in(options.concepts, "--concepts")
    settings = ReportSettings(method=options.method, seed=options.seed, photos=options.photos)
    store, show = store_of(options), show_progress()
    _, photos, split = open_model_and_photos(options, store)
    layers = names_in(options.layers)
    number = advise_n_concepts(split, photos, options.target, numbers, settings, store=store, progress=show)
    k = number.recommended.n_concepts
    layer = advise_layer(split, photos, options.target, k, layers, settings, store=store, progress=show)
    for advice in (number, layer):
        print(f"\n{'layer':<34}{'concepts':>9}{'relative ℓ2':>13}{'answers kept':>14}{'instability':>13}")
        for choice in advice.choices:
            error, kept = choice.error.value or 0.0, choice.kept.value or 0.0
            print(f"{choice.layer:<34}{choice.n_concepts:>9}{error:>13.3f}{kept:>14.0%}{choice.instability:>13.3f}")
        print(advice.reason)
    prune_store(store)
    write_typed(options.out, AdviceFile(number, layer))
    print(f"wrote {options.out}")
    return 0
