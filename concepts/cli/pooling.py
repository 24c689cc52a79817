"""`pooling`: the ways to make one vector of a text's tokens, compared on labelled texts."""

import argparse
from pathlib import Path

from concepts.cli.shared import show_progress
from concepts.engine.poolings import MOST, N_FOLDS, pool_texts
from concepts.evaluation.pooling.compared import ACCURACY
from concepts.evaluation.pooling.writing import RESULT, write_comparison
from concepts.numerics.written import with_sign
from concepts.options import add_options, with_options
from concepts.report.request import TEXTS, Request
from concepts.report.settings import ReportSettings
from concepts.storage.output_folder import check_output_folder


def add(parser: argparse.ArgumentParser) -> None:
    """Adds the command's options."""
    parser.add_argument("--model", required=True, metavar="ENCODER", help="a folder, hf:org/name or all-MiniLM-L6-v2")
    parser.add_argument("--out", required=True, type=Path, metavar="FOLDER", help="where the tables go")
    parser.add_argument("--concepts", type=int, default=10, help="number of concepts (default: 10)")
    parser.add_argument("--folds", type=int, default=N_FOLDS, help="parts that are held out in turn (default: 5)")
    parser.add_argument("--most", type=int, default=MOST, help="texts, drawn where there are more (default: 2000)")
    parser.add_argument("--seed", type=int, default=0, help="of texts, folds and concepts (default: 0)")
    parser.add_argument("--device", default="cpu", help="cpu, cuda, cuda:1 …")
    add_options(parser, Request, TEXTS)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Compares the poolings, and writes the tables and the page."""
    asked = Request(
        model=options.model,
        device=options.device,
        settings=ReportSettings(n_concepts=options.concepts, seed=options.seed),
    )
    place = check_output_folder(options.out, RESULT)
    found = pool_texts(with_options(asked, options), show_progress(), n_folds=options.folds, most=options.most)
    write_comparison(found, place)
    for row in (row for row in found.rows if row.measure == ACCURACY):
        ends = f"{with_sign(row.difference_low, 3)} to {with_sign(row.difference_high, 3)}"
        print(f"  {row.pooling:<14}{row.attention:<15}{row.value:>7.1%}  {with_sign(row.difference, 3)} ({ends})")
    print(f"wrote {place}: table.csv, pooling.json, pooling.html ({len(found.rows):,} figures)")
    return 0
