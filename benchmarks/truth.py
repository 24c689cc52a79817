"""The truth of the demo's picture world, which nobody tells the program.

To reach: strategies of the three-part class, ARI ≥ 0.9; planted shortcut as one strategy, F1 ≥ 0.95; the
single-strategy class says one; mean best IoU of concepts with true parts ≥ 0.5 (goal 0.7).
"""

import argparse
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image
from sklearn.metrics import adjusted_rand_score, f1_score

from benchmarks.measuring import machine
from concepts.demo.world import CLASSES, Picture, draw_class
from concepts.metrics import PartCoherence, part_coherence
from concepts.models import load_model, split_model
from concepts.photos import open_photos
from concepts.report import ClassReport, ReportSettings, build_report

THREE_PARTS, SHORTCUT, SINGLE = "birthday", "boat", "sunflower"


@dataclass(frozen=True)
class Truth:
    """A class's report beside its pictures."""

    report: ClassReport
    pictures: list[Picture]

    @property
    def strategies(self) -> np.ndarray:
        return np.array([picture.strategy for picture in self.pictures])


def study(class_name: str, *, n: int, seed: int, n_concepts: int) -> Truth:
    """The report of a class on n held-out pictures, as a user would make it: from files, by the model's name."""
    pictures = draw_class(class_name, n, start=300)
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "pictures" / class_name
        place.mkdir(parents=True)
        for i, picture in enumerate(pictures):
            Image.fromarray(picture.image).save(place / f"{i:04d}.png")
        split = split_model(load_model("demo/shapes"), layer="features")
        settings = ReportSettings(n_concepts=n_concepts, seed=seed)
        report = build_report(split, open_photos(str(place.parent)), class_name, settings)
    return Truth(report, pictures)


def strategies_ari(truth: Truth) -> float:
    """Agreement of the strategies found with the true ones; outliers count as a group of their own."""
    return float(adjusted_rand_score(truth.strategies, truth.report.array("labels")))


def shortcut_f1(truth: Truth) -> float:
    """F1 of the strategy that is most like "bears the planted mark"."""
    mark = CLASSES[truth.pictures[0].class_name].mark
    marked = truth.strategies == (mark.part if mark else None)
    labels = truth.report.array("labels")
    return max(float(f1_score(marked, labels == s)) for s in set(labels.tolist()) - {-1})


def coherence(truth: Truth) -> dict[str, PartCoherence]:
    """How well the concepts find each part that the pictures show."""
    parts = sorted({part for picture in truth.pictures for part in picture.parts})
    nowhere = np.zeros(truth.pictures[0].image.shape[:2], dtype=bool)
    masks = {part: np.stack([picture.masks.get(part, nowhere) for picture in truth.pictures]) for part in parts}
    return part_coherence(truth.report.array("maps").astype(np.float32), masks)


def part_iou(truth: Truth) -> dict[str, float]:
    """For each part the mean IoU, over the pictures that show it, with the concept that fits it best."""
    return {part: found.iou.value for part, found in coherence(truth).items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pictures", type=int, default=300)
    parser.add_argument("--concepts", type=int, default=10)
    parser.add_argument("--seeds", type=int, default=3)
    options = parser.parse_args()
    print(f"{machine()}; {options.pictures} held-out pictures a class, {options.concepts} concepts")
    for seed in range(options.seeds):
        chosen = {"n": options.pictures, "seed": seed, "n_concepts": options.concepts}
        three, marked, single = (study(name, **chosen) for name in (THREE_PARTS, SHORTCUT, SINGLE))
        print(f"seed {seed}")
        honest = three.report.data.clustering.suspicion or 0.0
        found = len(three.report.data.strategies)
        print(f"  {THREE_PARTS}: strategies {found}, ARI {strategies_ari(three):.3f}, suspicion {honest:.2f}")
        suspicion = marked.report.data.clustering.suspicion or 0.0
        print(f"  {SHORTCUT}: shortcut F1 {shortcut_f1(marked):.3f}, suspicion {suspicion:.2f}")
        print(f"  {SINGLE}: strategies {len(single.report.data.strategies)}")
        parts = {part: each for truth in (three, marked, single) for part, each in coherence(truth).items()}
        print(f"  best IoU: {np.mean([coherent.iou for coherent in parts.values()]):.2f} on average")
        for part, coherent in parts.items():
            print(f"    {part}: {_in_words(coherent)}")


def _in_words(found: PartCoherence) -> str:
    low, high = found.iou.interval
    return (
        f"IoU {found.iou:.2f} ({low:.2f} to {high:.2f}; other pictures' maps {found.iou_control:.2f}), "
        f"pointing {found.pointing:.2f} (other maps {found.pointing_control:.2f}, centre {found.pointing_centre:.2f})"
    )


if __name__ == "__main__":
    main()
