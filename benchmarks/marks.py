"""Marks planted in real photos must be found without being told: `python -m benchmarks.marks`.

The clothing classifier has never seen these marks and does not use them: they must show all the same. For every class
and mark a share of the clean photos is stamped, and a report is made as a user would make it. To reach: F1 ≥ 0.95 of
the best strategy with "bears the mark"; clean photos show no strategy that looks like one.

`--heads`: the head is fitted again, once on the stamped photos and clean others, once on clean photos alone. To reach:
the verdict is "leans" for the first. For the second the mark was never seen; what it does all the same is shown beside
it: the rise of the class's score when the mark itself is drawn on 120 photos of other classes, less that of a grey
square.
"""

import argparse
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from benchmarks.measuring import machine
from concepts.data.images import open_photos
from concepts.data.others import WithOthers
from concepts.models import Split, load_model, split_model
from concepts.report import ClassReport, ReportSettings, build_report
from tests.support.marks import best_f1, plant, small, squared, stamped
from tests.support.places import SHARED
from tests.support.refitted import CLASSES, clean_features, pooled, refitted

PLANTED = (
    ("dress", "tag"), ("hat", "sticker"), ("shoes", "star"), ("longsleeve", "barcode"), ("hat", "check"),
    ("dress", "sale"), ("dress", "square"),
)  # fmt: skip


def reports(
    split: Split, class_name: str, mark: str | None, share: float, sizes: list[int]
) -> list[tuple[int, ClassReport, np.ndarray]]:
    """(number of concepts, report, which photos bear the mark). Clean photos have a verdict, on clean others."""
    clean = open_photos(str(SHARED / "data" / "clothing" / "train"))
    evidence = "off" if mark else "on"
    with tempfile.TemporaryDirectory() as folder:
        place, store = Path(folder) / "photos", Path(folder) / "store"
        marked = plant(class_name, mark, share, place)
        photos = open_photos(str(place)) if mark else WithOthers(open_photos(str(place)), clean)
        settings = [ReportSettings(n_concepts=k, evidence=evidence) for k in sizes]
        return [
            (each.n_concepts, build_report(split, photos, class_name, each, store=store), marked) for each in settings
        ]


def heads(class_name: str, mark: str, share: float, sizes: list[int]) -> None:
    """Prints the verdicts of a head that was trained with the mark, and of one that never saw it."""
    clean = open_photos(str(SHARED / "data" / "clothing" / "train"))
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "photos"
        plant(class_name, mark, share, place)
        photos = WithOthers(open_photos(str(place)), clean)
        own = {"trained with it": pooled(open_photos(str(place))), "never saw it": clean_features()[class_name]}
        for name, features in own.items():
            split, store = refitted(class_name, features), Path(folder) / name
            found = [build_report(split, photos, class_name, ReportSettings(n_concepts=k), store=store) for k in sizes]
            shown = "  ".join(_verdict(report) for report in found)
            print(
                f"{class_name:<11}{mark:<9}{name:<16}drawn on others {_by_hand(split, class_name, mark)}  {shown}",
                flush=True,
            )


def _verdict(report: ClassReport) -> str:
    verdict = report.data.verdict
    if verdict is None or not verdict.counterproof:
        return "no" if verdict is not None else "not tested"
    proof = verdict.counterproof[0]
    return f"{verdict.kind} ({proof.rise:.1f}, control {proof.control_rise:.1f}, lead {proof.lead:.1f})"


def _kind(report: ClassReport) -> str:
    """What the badge of the report says."""
    return "not tested" if report.data.verdict is None else report.data.verdict.kind


def _by_hand(split: Split, class_name: str, mark: str) -> str:
    """The mean rise of the class's logit on photos of other classes with the mark drawn, less with a grey square."""
    files = sorted((SHARED / "data" / "clothing" / "train").glob("*/*"))
    others = [file for file in files if file.parent.name != class_name]
    chosen = [others[i] for i in np.random.default_rng(0).permutation(len(others))[:120]]

    def score(change: Callable[[Image.Image, int], Image.Image]) -> np.ndarray:
        images = [split.card.prepare(change(small(Image.open(file)), i)) for i, file in enumerate(chosen)]
        with torch.inference_mode():
            logits = [split.head(split.encode(batch)) for batch in torch.stack(images).split(32)]
        return torch.cat(logits)[:, CLASSES.index(class_name)].numpy()

    marked = score(lambda photo, i: stamped(photo, mark, np.random.default_rng(i)))
    grey = score(lambda photo, i: squared(photo, mark, np.random.default_rng(i)))
    return f"{(marked - grey).mean():+.1f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shares", default="0.1,0.3,0.5")
    parser.add_argument("--concepts", default="10,25")
    parser.add_argument("--heads", action="store_true", help="verdicts of heads trained with the mark, and without it")
    options = parser.parse_args()
    if not SHARED.is_dir():
        raise SystemExit("skipped: needs ../shared (the clothing classifier and its photos)")
    split = split_model(load_model(f"{SHARED / 'models' / 'clothing_classifier.py'}:build"), layer="features")
    sizes = [int(k) for k in options.concepts.split(",")]
    if options.heads:
        print(f"{machine()}; verdicts for {sizes} concepts, 40% of the photos marked")
        for class_name, mark in PLANTED:
            heads(class_name, mark, 0.4, sizes)
        return
    print(f"{machine()}; F1 of the best strategy (number of strategies) for {sizes} concepts")
    for class_name in dict.fromkeys(name for name, _ in PLANTED):
        found = reports(split, class_name, None, 0.0, sizes)
        shown = "  ".join(f"{len(r.data.strategies)} ({_kind(r)})" for _, r, _ in found)
        print(f"{class_name:<11}clean: strategies (verdict) {shown}", flush=True)
    for class_name, mark in PLANTED:
        for share in map(float, options.shares.split(",")):
            found = reports(split, class_name, mark, share, sizes)
            shown = "  ".join(f"{best_f1(r, marked):.2f} ({len(r.data.strategies)})" for _, r, marked in found)
            print(f"{class_name:<11}{mark:<9}{share:>4.0%}  {shown}", flush=True)


if __name__ == "__main__":
    main()
