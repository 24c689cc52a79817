"""`ensemble`: several models or columns of texts as one classifier, and how much each has to do with its answers."""

import argparse
from pathlib import Path

from concepts.cli.shared import show_progress
from concepts.engine.ensembles import MOST, Views, explain_views
from concepts.numerics.counted import counted
from concepts.numerics.written import with_sign
from concepts.options import add_options, with_options
from concepts.report.request import TEXTS, Request
from concepts.report.settings import ReportSettings
from concepts.storage.output_folder import check_output_folder


def add(parser: argparse.ArgumentParser) -> None:
    """Adds the command's options."""
    option = parser.add_argument
    option("--model", required=True, action="append", dest="models", help="as for report; once for each view, or once")
    option("--column", action="append", dest="columns", metavar="NAME", help="of texts; once for each view, or once")
    option("--target", required=True, help="the class whose log-odds are shared out")
    option("--combine", default="mean", help="of the views' probabilities: mean or product (default: mean)")
    option("--classes", help="class names in the order of the outputs: a file, or 'cat, dog'")
    option("--most", type=int, default=MOST, help="texts, drawn where there are more (default: %(default)s)")
    option("--seed", type=int, default=0, help="of the texts drawn and of fitted heads (default: 0)")
    option("--device", default="cpu", help="cpu, cuda, cuda:1 …")
    option("--out", required=True, type=Path, metavar="FOLDER", help="where the table goes")
    add_options(parser, Request, TEXTS)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Explains the ensemble, prints its views and writes all texts."""
    from concepts.evaluation.ensembles.stored import RESULT, write_ensemble

    if options.most < 2:
        raise ValueError(f"--most {options.most}: expected 2 or more, since an absent view says the mean over texts")
    place = check_output_folder(options.out, RESULT)
    request = with_options(Request(model="", settings=ReportSettings(seed=options.seed)), options)
    views = Views(tuple(options.models), tuple(options.columns or ()), options.combine)
    found, n_left_out = explain_views(request, views, show_progress(), most=options.most)
    write_ensemble(found, place)
    right = "" if found.right is None else f"; right {found.right:.1%}"
    print(f"\n{found.target}: {found.n_texts:,} texts, the {found.combined} of {len(found.views)} views{right}")
    for view in found.views:
        alone = "" if view.right is None else f"  alone right {view.right:.1%}"
        between = f"({view.low:.2f} to {view.high:.2f})"
        print(f"  {view.name:<28}{view.size:>7.2f} logits {between:<18}{view.share:>6.0%} of all{alone}")
    first = found.texts[0]
    parts = ", ".join(f"{view.name} {with_sign(v)}" for view, v in zip(found.views, first.values, strict=True))
    print(f"  {first.name}: {with_sign(first.whole)} = {with_sign(first.nothing)} with no view; {parts}")
    print(f"  complete: the shares miss the score by {found.gap:.1e} logits at most")
    if n_left_out:
        print(f"  {counted(n_left_out, 'text')} left out: a column is empty, or a model reads nothing of it")
    print(f"wrote {place}: ensemble.json, table.csv")
    return 0
