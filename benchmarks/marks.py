"""Marks planted in real photos must be found without being told: `python -m benchmarks.marks`.

The clothing classifier has never seen these marks and does not use them: they must show all the same. For every class
and mark a share of the clean photos is stamped, and a report is made as a user would make it. To reach: F1 ≥ 0.95 of
the best strategy with "bears the mark"; clean photos show no strategy that looks like one.
"""

import argparse
import tempfile
from pathlib import Path

import numpy as np

from benchmarks.measuring import machine
from concepts.data.images import open_photos
from concepts.models import Split, load_model, split_model
from concepts.report import ClassReport, ReportSettings, build_report
from tests.support.marks import best_f1, plant
from tests.support.places import SHARED

PLANTED = (
    ("dress", "tag"), ("hat", "sticker"), ("shoes", "star"), ("longsleeve", "barcode"), ("hat", "check"),
    ("dress", "sale"), ("dress", "square"),
)  # fmt: skip


def reports(
    split: Split, class_name: str, mark: str | None, share: float, sizes: list[int]
) -> list[tuple[int, ClassReport, np.ndarray]]:
    """(number of concepts, report, which photos bear the mark)."""
    with tempfile.TemporaryDirectory() as folder:
        marked = plant(class_name, mark, share, Path(folder) / "photos")
        photos, store = open_photos(str(Path(folder) / "photos")), Path(folder) / "store"
        return [
            (k, build_report(split, photos, class_name, ReportSettings(n_concepts=k), store=store), marked)
            for k in sizes
        ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shares", default="0.1,0.3,0.5")
    parser.add_argument("--concepts", default="10,25")
    options = parser.parse_args()
    if not SHARED.is_dir():
        raise SystemExit("skipped: needs ../shared (the clothing classifier and its photos)")
    split = split_model(load_model(f"{SHARED / 'models' / 'clothing_classifier.py'}:build"), layer="features")
    sizes = [int(k) for k in options.concepts.split(",")]
    print(f"{machine()}; F1 of the best strategy (number of strategies) for {sizes} concepts")
    for class_name in dict.fromkeys(name for name, _ in PLANTED):
        found = reports(split, class_name, None, 0.0, sizes)
        shown = "  ".join(f"{len(r.data.strategies)} ({r.data.clustering.suspicion or 0:.2f})" for _, r, _ in found)
        print(f"{class_name:<11}clean: strategies (suspicion) {shown}", flush=True)
    for class_name, mark in PLANTED:
        for share in map(float, options.shares.split(",")):
            found = reports(split, class_name, mark, share, sizes)
            shown = "  ".join(f"{best_f1(r, marked):.2f} ({len(r.data.strategies)})" for _, r, marked in found)
            print(f"{class_name:<11}{mark:<9}{share:>4.0%}  {shown}", flush=True)


if __name__ == "__main__":
    main()
