"""Sub-concepts: which layer is taken, which places, what a part is worth, how a report shows the tree."""

import numpy as np
import pytest
import torch
from torch import nn

from concepts.data.images import open_photos
from concepts.models import LayerInfo, load_model, split_model
from concepts.report import ClassReport, ReportSettings, build_report
from concepts.report.pipeline.subconcepts import earlier_layer, parent_of
from concepts.report.rendering.html import render_report_html
from tests.support.tiny import FACTORY, write_photos


def layer(path, grid, kind="map"):
    shape = (*grid, 8) if grid else (8,)
    return LayerInfo(path, kind, shape, grid, ">= 0", True)


def test_the_last_earlier_layer_with_a_finer_grid_is_taken():
    layers = [layer("a", (32, 32)), layer("b", (16, 16)), layer("c", (16, 16)), layer("d", (8, 8)), layer("e", (8, 8))]
    assert earlier_layer(layers, "e").path == "c"
    assert earlier_layer(layers, "c").path == "a"
    assert earlier_layer(layers, "a") is None


def test_where_all_grids_are_alike_the_layer_half_way_is_taken():
    layers = [layer(f"block{i}", (14, 14), "tokens") for i in range(12)]
    assert earlier_layer(layers, "block10").path == "block5"
    assert earlier_layer([*layers, layer("pooled", None, "vector")], "pooled") is None


def test_a_parent_is_looked_for_where_it_is_present():
    maps = np.zeros((4, 2, 2), dtype=np.float32)
    maps[:, 0, 0] = [8, 5, 3, -9]
    assert parent_of((0,), maps, np.array([10, 11, 12, 13])).images.tolist() == [10, 11]  # 3 is below half of 8


class Stripes(nn.Module):
    """Two early channels (red, green) whose sum is one late channel: a concept of two parts, the second worth more."""

    def __init__(self):
        super().__init__()
        self.early = nn.Conv2d(3, 2, 1, bias=False)
        self.early.weight.data = torch.tensor([[1.0, 0, 0], [0, 1.0, 0]])[:, :, None, None]
        self.relu = nn.ReLU()
        self.late = nn.Conv2d(2, 3, 2, stride=2, bias=False)
        self.late.weight.data = torch.tensor([[1.0, 1.4], [0.5, 0.7], [0.0, 0.1]])[:, :, None, None].repeat(1, 1, 2, 2)
        self.late_relu = nn.ReLU()
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.flatten = nn.Flatten()
        self.linear = nn.Linear(3, 2, bias=False)
        self.linear.weight.data = torch.tensor([[1.0, 0, 0], [0, 0, 1.0]])
        self.class_names = ("stripes", "rest")

    def forward(self, x):
        return self.linear(self.flatten(self.pool(self.late_relu(self.late(self.relu(self.early(x)))))))


@pytest.fixture(scope="module")
def stripes(tmp_path_factory):
    """Photos in whose upper half lies a bar, red in some and green in others."""
    from PIL import Image

    from concepts.models.classifiers.transform import PhotoTransform

    folder = tmp_path_factory.mktemp("stripes") / "stripes"
    folder.mkdir()
    for i in range(24):
        pixels = np.zeros((32, 32, 3), dtype=np.uint8)
        pixels[4 : 12 + i % 4, 2 + i % 5 : 28] = (200, 0, 0) if i % 2 else (0, 200, 0)
        Image.fromarray(pixels).save(folder / f"{i:02d}.png")
    model = Stripes().eval()
    model.transform = PhotoTransform(resize=32, crop=32, mean=(0, 0, 0), std=(1, 1, 1))
    settings = ReportSettings(n_concepts=1, sub_concepts=2, split_concepts=1, sample=5000)
    split = split_model(model, layer="late_relu")
    return build_report(split, open_photos(str(folder)), "stripes", settings)


def test_a_concept_of_two_colours_falls_into_the_two(stripes):
    parts = stripes.data.parts_of((0,))
    assert [part.path for part in parts] == [(0, 0), (0, 1)]
    assert {part.layer for part in parts} <= {"early", "relu"}
    for part in parts:
        colours = {crop.image % 2 for crop in part.crops}
        assert len(colours) == 1  # each part's crops are of one colour


def test_the_effect_is_what_the_score_loses(stripes):
    """Taking the green part out of a green photo takes its whole score, and nothing of a red one's."""
    scores = np.array([row.score for row in stripes.data.images])
    for part in stripes.data.parts_of((0,)):
        odd = part.crops[0].image % 2
        seen = np.arange(24)[parent_of((0,), stripes.array("maps")[..., 0].astype(np.float32), np.arange(24)).images]
        expected = np.where(seen % 2 == odd, scores[seen], 0).mean()
        assert part.effect == pytest.approx(expected, rel=0.05)
        assert part.low <= part.effect <= part.high


def test_the_tree_is_saved_shown_and_optional(stripes, tmp_path):
    loaded = ClassReport.load(stripes.save(tmp_path / "report"))
    assert loaded.data.subconcepts == stripes.data.subconcepts
    assert all(loaded.picture(crop.file)[:2] == b"\xff\xd8" for part in loaded.data.subconcepts for crop in part.crops)
    assert "Part 1.2" in render_report_html(loaded)


def test_without_the_wish_there_are_none_and_nonsense_is_refused(tmp_path):
    photos = open_photos(str(write_photos(tmp_path / "photos", n=12)))
    split = split_model(load_model(FACTORY))
    assert build_report(split, photos, "red", ReportSettings(n_concepts=2)).data.subconcepts == ()
    with pytest.raises(ValueError, match="at least 2"):
        ReportSettings(sub_concepts=1)


def test_tokens_are_taken_apart_and_extra_tokens_left_alone(tmp_path):
    """A small ViT: the parts lie on the grid of the patches; the class token is not touched."""
    from torchvision.models import VisionTransformer

    torch.manual_seed(0)
    model = VisionTransformer(32, 8, 3, 2, 16, 32, num_classes=2).eval()
    nn.init.normal_(model.heads[0].weight)
    from concepts.models.classifiers.transform import PhotoTransform

    model.transform = PhotoTransform(resize=32, crop=32)
    model.class_names = ("red", "green")
    photos = open_photos(str(write_photos(tmp_path / "photos", n=20)))
    path = "encoder.layers.encoder_layer_2"
    settings = ReportSettings(n_concepts=2, sub_concepts=2, split_concepts=1)
    report = build_report(split_model(model, layer=path), photos, "red", settings)
    assert len(report.data.subconcepts) == 2
    assert all(np.isfinite(part.effect) for part in report.data.subconcepts)
    assert report.data.subconcepts[0].layer != path
