"""The planted price tags come out as one strategy, at every number of concepts; clean photos show nothing like it."""

import csv
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from concepts.data.images import open_photos
from concepts.extraction import make_extractor
from concepts.models import Split, load_model, split_model
from concepts.report import ReportSettings, build_report
from concepts.strategies import Strategies, find_strategies
from tests.support.marks import best_f1, plant

pytestmark = [pytest.mark.shared, pytest.mark.slow]
MEAN, STD = torch.tensor([0.485, 0.456, 0.406]), torch.tensor([0.229, 0.224, 0.225])
PANTS = 3


def _photo(path: Path) -> torch.Tensor:
    image = Image.open(path).convert("RGB")
    scale = 224 / min(image.size)
    w, h = (max(224, round(side * scale)) for side in image.size)
    left, top = (w - 224) // 2, (h - 224) // 2
    pixels = np.array(image.resize((w, h), Image.Resampling.BILINEAR).crop((left, top, left + 224, top + 224)))
    return ((torch.from_numpy(pixels) / 255 - MEAN) / STD).permute(2, 0, 1)


class Remembering:
    """A split that encodes an image that it has seen no second time."""

    def __init__(self, split: Split):
        self.split, self.seen = split, {}

    def __getattr__(self, name: str):
        return getattr(self.split, name)

    def encode(self, images: torch.Tensor) -> torch.Tensor:
        keys = [hash(image.numpy().tobytes()) for image in images]
        new = [i for i, key in enumerate(keys) if key not in self.seen]
        for i in new:
            self.seen[keys[i]] = self.split.encode(images[i : i + 1])
        return torch.cat([self.seen[key] for key in keys])


@pytest.fixture(scope="module")
def split(shared) -> Split:
    """Of the clothing classifier; its channels lie last in memory, which nearly halves the time of a photo."""
    model = load_model(f"{shared / 'models/clothing_classifier.py'}:build")
    return split_model(model.to(memory_format=torch.channels_last), layer="features")


@pytest.fixture(scope="module")
def remembering(split) -> Remembering:
    return Remembering(split)


@pytest.fixture(scope="module")
def pants(shared, split):
    """Activations (n, 13, 13, 512) of tagged and of clean photos of pants, who is tagged, and the head's weights.

    Every second photo: to encode one takes a twentieth of a second.
    """
    rows = list(csv.DictReader((shared / "data/clothing_planted/planted.csv").open()))[::2]
    tagged = np.array([row["planted"] == "1" for row in rows])

    def encode(folder: str, some: list[dict]) -> torch.Tensor:
        with torch.no_grad():
            return torch.cat([split.encode(_photo(shared / "data" / folder / row["file"])[None]) for row in some])

    weights = dict(split.model.named_parameters())["linear.weight"].detach()[PANTS]
    activations = {"tagged": encode("clothing_planted", rows), "clean": encode("clothing", rows[:100])}
    return activations, tagged, weights


def _strategies(A: torch.Tensor, weights: torch.Tensor, k: int) -> Strategies:
    extractor = make_extractor("nmf", n_concepts=k, seed=0)
    codes = extractor.fit_transform(A.flatten(0, 2)).reshape(*A.shape[:3], k)
    phi = codes.mean(dim=(1, 2)) * (extractor.components_ @ weights)  # closed form: the head is affine
    return find_strategies(phi.numpy(), codes.numpy(), n_refits=0)


@pytest.mark.parametrize("k", [8, 10, 15, 20, 25])
def test_tagged_pants_are_one_strategy(pants, k):
    activations, tagged, weights = pants
    found = _strategies(activations["tagged"], weights, k)
    sizes = [(found.labels == s).sum() for s in range(found.n_strategies)]
    f1 = [2 * (tagged & (found.labels == s)).sum() / (tagged.sum() + size) for s, size in enumerate(sizes)]
    assert max(f1) >= 0.95
    assert found.table["suspicion"][int(np.argmax(f1))] > 0.9


@pytest.mark.parametrize("k", [10, 25])
def test_clean_pants_show_no_clean_switch(pants, k):
    activations, _, weights = pants
    assert (_strategies(activations["clean"], weights, k).suspicion or 0.0) < 0.6


@pytest.mark.parametrize(("mark", "seed"), [("check", 2), (None, 0)])
def test_a_mark_on_a_tenth_of_the_hats_is_found_and_clean_hats_are_one(remembering, tmp_path, mark, seed):
    """The seeds at which refits that saw too few hats lost the marks, or a chance split of clean hats nearly stood."""
    marked = plant("hat", mark, 0.1 if mark else 0.0, tmp_path / "photos")
    settings = ReportSettings(n_concepts=10, seed=seed)
    report = build_report(remembering, open_photos(str(tmp_path / "photos")), "hat", settings)
    if mark is None:
        assert len(report.data.strategies) == 1
    else:
        assert best_f1(report, marked) >= 0.95
