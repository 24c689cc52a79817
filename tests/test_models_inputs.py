"""Models of one and four channels, and of one image size: what the program does, and what its line names."""

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

from concepts.data.images import open_photos
from concepts.models import load_model, split_model
from concepts.models.classifiers.transform import PhotoTransform
from concepts.report import ReportSettings, build_report
from tests.support.tiny import write_photos

BODY = "nn.Sequential(nn.Conv2d({channels}, 4, 4, 4), nn.ReLU(), nn.Flatten(), nn.Linear(4 * ({side} // 4) ** 2, 2))"


def factory(folder, *, channels=3, side=32, transform=""):
    """The name of a model of that many channels that takes one size only."""
    file = folder / "own.py"
    file.write_text(
        "import torch\nfrom torch import nn\n\n"
        f"def build():\n    model = {BODY.format(channels=channels, side=side)}\n"
        f"    {transform or 'pass'}\n    return model\n"
    )
    return f"{file}:build"


@pytest.mark.parametrize("side", [28, 32, 64, 96])
def test_a_fixed_size_is_named_and_the_line_cures_it(side, tmp_path):
    name = factory(tmp_path, side=side)
    with pytest.raises(ValueError, match=rf"it accepts {side} × {side}: give --resize {side} and --crop {side}$"):
        load_model(name)
    assert load_model(name, resize=side, crop=side).card.input_size == (side, side)


def test_an_unusual_size_asks_for_it(tmp_path):
    with pytest.raises(ValueError, match=r"no usual size was accepted: give the size .* --resize and --crop"):
        load_model(factory(tmp_path, side=76))
    assert load_model(factory(tmp_path, side=76), resize=80, crop=76).card.input_size == (76, 76)


@pytest.mark.parametrize("side", [32, 224])
def test_a_model_of_one_channel_gets_grey_photos(side, tmp_path):
    model = load_model(factory(tmp_path, channels=1, side=side), resize=side, crop=side, class_names=["green", "red"])
    assert (model.card.channels, model.card.input_size) == (1, (side, side))
    photo = Image.new("RGB", (side, side), (255, 0, 0))
    grey = 0.299 * 255 / 255  # the luma of red
    expected = (grey - np.mean([0.485, 0.456, 0.406])) / np.mean([0.229, 0.224, 0.225])
    x = model.card.prepare(photo)
    assert x.shape == (1, side, side)
    assert x.mean().item() == pytest.approx(expected, abs=0.01)
    photos = open_photos(str(write_photos(tmp_path / "photos", n=6)))
    report = build_report(split_model(model, "1"), photos, "red", ReportSettings(n_concepts=2))
    pixels = np.asarray(Image.open(tmp_path / "photos" / "red" / "000.png").convert("L").resize((side, side)), float)
    report.save(tmp_path / "report")
    shown = np.asarray(Image.open(tmp_path / "report" / "thumbnails" / "000000.jpg"), float)
    assert shown.shape == (side, side, 3)
    assert np.abs(shown.mean(axis=2) - pixels).mean() < 8, "JPEG aside"


FOUR = "model.transform = lambda image: torch.zeros(4, 32, 32) + image.size[0] / 999"


def test_a_model_of_four_channels_needs_its_own_transform(tmp_path):
    with pytest.raises(ValueError, match=r"it accepts \(4, 32, 32\): give the model a `transform` from a PIL image"):
        load_model(factory(tmp_path, channels=4))
    model = load_model(factory(tmp_path, channels=4, transform=FOUR))
    split = split_model(model, "1")
    assert split.encode(torch.zeros(2, 4, 32, 32)).shape == (2, 8, 8, 4)
    with pytest.raises(ValueError, match=r"images \(1, 3, 32, 32\), expected \(n, 4, H, W\)"):
        split.encode(torch.zeros(1, 3, 32, 32))


@pytest.mark.parametrize(
    ("mean", "std"), [((0.5, 0.5), (0.2, 0.2)), ((0.5,), (0.2, 0.2, 0.2)), ((), ()), ((0.5,), (0.0,))]
)
def test_means_are_three_or_one(mean, std):
    with pytest.raises(ValueError, match=r"three numbers each .or one, for grey., std above 0"):
        PhotoTransform(mean=mean, std=std)


def test_a_dynamically_quantised_model_is_split_and_says_what_it_lacks(tmp_path):
    model = nn.Sequential(nn.Conv2d(3, 4, 4, 4), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4, 2))
    model = torch.ao.quantization.quantize_dynamic(model.eval(), {nn.Linear}, dtype=torch.qint8)
    model.class_names = ["green", "red"]
    split = split_model(model)
    assert (split.layer, split.differentiable) == ("1", False)
    assert "100% of which reach the logits" in split.reason
    photos = open_photos(str(write_photos(tmp_path / "photos", n=6)))
    with pytest.raises(ValueError, match="it is quantised, or runs under no_grad"):
        build_report(split, photos, "red", ReportSettings(n_concepts=2))
    report = build_report(split, photos, "red", ReportSettings(n_concepts=2, importance="occlusion"))
    assert np.isfinite(report.array("phi")).all()
