"""`demo`: the embedded demo, built from scratch."""

import argparse
from pathlib import Path

from concepts.cli.shared import show_progress
from concepts.storage.app_folder import DEMO


def add(parser: argparse.ArgumentParser) -> None:
    """Adds the command's options."""
    parser.add_argument("--out", type=Path, metavar="FOLDER", help="default: the one that the app shows")
    parser.add_argument("--seed", type=int, default=0)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Trains the networks for pictures and texts and the pair of encoders, and builds the shipped reports."""
    from concepts.demo.building import build_demo, write_pair
    from concepts.demo.catching import build_catch
    from concepts.demo.planes import build_planes
    from concepts.demo.reports import build_evaluation, build_reports, check_reports_place
    from concepts.demo.texts.building import write_texts
    from concepts.demo.texts.catching import build_text_catch
    from concepts.demo.texts.ordering import build_word_order

    folder, progress = options.out or DEMO, show_progress()
    check_reports_place(folder)
    for name, result in build_demo(folder, seed=options.seed, progress=progress).items():
        low, high = result.interval
        right = f"{result.accuracy:.1%} of held-out pictures right ({low:.1%} to {high:.1%})"
        print(f"{name}: {right}, trained in {result.seconds:.0f} s")
    pair = write_pair(folder, seed=options.seed, progress=progress)
    print(f"demo/pair: trained in {pair.seconds:.0f} s on {pair.n_pictures:,} pictures and studies")
    for name, (texts, rival) in write_texts(folder, seed=options.seed, progress=progress).items():
        beside = f"a bag of words {rival.accuracy:.1%} ({rival.interval[0]:.1%} to {rival.interval[1]:.1%})"
        right = f"{texts.accuracy:.1%} of held-out texts right ({texts.interval[0]:.1%} to {texts.interval[1]:.1%})"
        print(f"{name}: {right}, {beside}, trained in {texts.seconds:.0f} s")
    print(f"wrote {build_reports(folder, seed=options.seed, progress=progress)}")
    print(f"wrote {build_planes(folder)}")
    print(f"wrote {build_evaluation(folder, seed=options.seed, progress=progress)}")
    catch = build_catch(folder, seed=options.seed)
    print(f"catch: the {catch.part} turns {len(catch.turned)} of {len(catch.pictures)} pictures into {catch.target!r}")
    said = build_text_catch(folder, seed=options.seed)
    print(f"catch: {said.phrase!r} turns {len(said.turned)} of {len(said.sentences)} sentences into {said.target!r}")
    order = build_word_order(folder, seed=options.seed)
    kept = ", ".join(f"{row.class_name} {row.network.shuffled} of {row.n}" for row in order.classes)
    print(f"words shuffled: right are still {kept}")
    return 0
