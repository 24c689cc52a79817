"""`evaluate`: every extraction × importance × measure, as a table."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from concepts.cli.shared import add_model, add_photos, open_model_and_photos, photos_alone, show_progress, store_of
from concepts.data.dataset import group_names
from concepts.demo.names import SHAPES
from concepts.engine.store_bound import prune_store
from concepts.evaluation import Evaluation, LabSettings
from concepts.evaluation.evaluation import RESULT
from concepts.options import add_options, with_options
from concepts.report.request import Request
from concepts.storage.output_folder import check_output_folder

if TYPE_CHECKING:
    import numpy as np

    from concepts.data.dataset import Dataset
    from concepts.models import Split


def add(parser: argparse.ArgumentParser) -> None:
    """Adds the command's options."""
    add_model(parser)
    add_photos(parser)
    parser.add_argument("--out", required=True, type=Path, metavar="FOLDER", help="where the tables go")
    add_options(parser, LabSettings)
    photos_alone(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Computes the measures that the store lacks, and writes the tables and the page."""
    from concepts.evaluation.evaluate import evaluate

    settings = with_options(LabSettings(), options)
    store = store_of(options)
    place = check_output_folder(options.out, RESULT, store=store)
    request, photos, split = open_model_and_photos(options, store)
    masks = _true_parts(request, photos, split, options.photos)
    found = evaluate(
        split, photos, options.target, settings, out=place, store=store, masks=masks, progress=show_progress()
    )
    prune_store(store)
    print_summary(found)
    return 0


def _true_parts(
    request: Request, photos: "Dataset[object]", split: "Split", kind: str
) -> "dict[str, np.ndarray] | None":
    """The masks of the demo's picture world, where all parts of a picture are known; None for other photos."""
    if request.images != SHAPES:
        return None
    from concepts.demo.pictures import demo_masks
    from concepts.report.pipeline.selection import named_target

    names, chosen = named_target(split, photos, request.target)
    classes = {names[i] for i in chosen.indices} if kind == "class" else set(group_names(photos))
    return demo_masks(photos.names, classes)


def print_summary(found: Evaluation) -> None:
    """Prints the findings, what was left out, the duration and the files written."""
    for finding in found.findings:
        word = {True: "holds", False: "does not hold", None: "cannot be told"}[finding.holds]
        print(f"  {finding.claim}: {word} ({finding.measured})")
    worse = [row for row in found.rows if row.worse_than_chance]
    for name in dict.fromkeys(f"{row.measure} of {row.importance or row.method}" for row in worse):
        print(f"  no better than chance: {name}")
    for text in found.left_out:
        print(f"  left out: {text}")
    seconds = found.about.seconds
    print(f"  whole {seconds.whole:.1f} s, forward pass {seconds.forward_pass:.1f} s")
    print(f"wrote {found.folder}: table.csv, table.parquet, table.json, evaluation.html ({len(found.rows):,} figures)")
