"""Reports on held-out pictures of the demo's world, and measures of how well they recover what was painted."""

import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image
from sklearn.metrics import adjusted_rand_score, f1_score

from concepts.data.images import open_photos
from concepts.demo.world import CLASSES, Painting, draw_class
from concepts.metrics import PartCoherence, part_coherence
from concepts.models import load_model, split_model
from concepts.report import ClassReport, ReportSettings, build_report

THREE_PARTS, SHORTCUT, SINGLE = "birthday", "boat", "sunflower"
OTHERS = 5  # pictures of each other class


@dataclass(frozen=True)
class Truth:
    """A class's report with its pictures."""

    report: ClassReport
    pictures: list[Painting]

    @property
    def strategies(self) -> np.ndarray:
        return np.array([picture.strategy for picture in self.pictures])


def study(class_name: str, *, n: int, seed: int, n_concepts: int) -> Truth:
    """The report of a class on n held-out pictures, with five of every other class, made as a user would: from files,
    by the model's name."""
    drawn = {name: draw_class(name, n if name == class_name else OTHERS, start=300) for name in CLASSES}
    pictures = drawn[class_name]
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "pictures" / class_name
        for name, paintings in drawn.items():
            (place.parent / name).mkdir(parents=True)
            for i, picture in enumerate(paintings):
                Image.fromarray(picture.image).save(place.parent / name / f"{i:04d}.png")
        split = split_model(load_model("demo/shapes"), layer="features")
        settings = ReportSettings(n_concepts=n_concepts, seed=seed)
        report = build_report(split, open_photos(str(place.parent)), class_name, settings)
    return Truth(report, pictures)


def strategies_ari(truth: Truth) -> float:
    """Adjusted Rand index of the strategies found and the true ones; outliers count as a group of their own."""
    return float(adjusted_rand_score(truth.strategies, truth.report.array("labels")))


def shortcut_f1(truth: Truth) -> float:
    """F1 of the strategy that best matches "bears the planted mark"."""
    mark = CLASSES[truth.pictures[0].class_name].mark
    marked = truth.strategies == (mark.part if mark else None)
    labels = truth.report.array("labels")
    return max(float(f1_score(marked, labels == s)) for s in set(labels.tolist()) - {-1})


def coherence(truth: Truth) -> dict[str, PartCoherence]:
    """The coherence of the concepts with each part that the pictures show."""
    parts = sorted({part for picture in truth.pictures for part in picture.parts})
    nowhere = np.zeros(truth.pictures[0].image.shape[:2], dtype=bool)
    masks = {part: np.stack([picture.masks.get(part, nowhere) for picture in truth.pictures]) for part in parts}
    return part_coherence(truth.report.array("maps").astype(np.float32), masks)


def part_iou(truth: Truth) -> dict[str, float]:
    """Mean IoU of each part with its best concept, over the pictures that show the part."""
    return {part: found.iou.value for part, found in coherence(truth).items()}
