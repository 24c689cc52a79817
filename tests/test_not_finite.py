"""Photos for which the model gives NaN or infinity: left out and named; rows, indices and previews stay aligned."""

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor, nn

from concepts.activations.collect import collect_activations
from concepts.data.images import open_photos
from concepts.models import Split, split_model
from concepts.report import ReportSettings, build_report
from tests.support.tiny import to_tensor

BAD = 255  # photos of this grey are those for which the model fails


class Failing(nn.Module):
    """A small network that gives `value` for white photos, in the layer, or after it."""

    def __init__(self, where: str, value: float) -> None:
        super().__init__()
        self.where, self.value = where, value
        self.features, self.pool = nn.Conv2d(3, 5, 8, 8), nn.AdaptiveAvgPool2d(1)
        self.linear = nn.Linear(5, 3)

    def forward(self, x: Tensor) -> Tensor:
        broken = x.mean(dim=(1, 2, 3)) > 0.99
        if self.where == "layer":
            x = torch.where(broken[:, None, None, None], self.value, x)
        a = self.features(x)
        logits = self.linear(self.pool(a).flatten(1))
        large = a.abs().mean(dim=(1, 2, 3), keepdim=False)  # what follows the layer reads the layer alone
        return torch.where((large > 50)[:, None], self.value, logits) if self.where == "head" else logits


def split_of(where: str, value: float) -> Split:
    torch.manual_seed(0)
    model = Failing(where, value).eval()
    if where == "head":
        with torch.no_grad():
            model.features.weight.fill_(1.0)
            model.features.bias.zero_()  # |a| = 192 for a white photo, less than 40 for the others
    model.transform = to_tensor  # type: ignore[assignment]
    return split_model(model, "features", sample=0.1 * torch.randn(2, 3, 32, 32))


def photos_in(folder: Path, bad: set[int], n: int):
    rng = np.random.default_rng(0)
    (folder / "one").mkdir(parents=True)
    for i in range(n):
        pixels = np.full((32, 32, 3), BAD) if i in bad else rng.integers(110, 146, (32, 32, 3))
        Image.fromarray(pixels.astype(np.uint8)).save(folder / "one" / f"{i}.png")
    return open_photos(str(folder))


@pytest.mark.parametrize("batch_size", [1, 2, 3, 16])
@pytest.mark.parametrize("bad", [{0}, {1, 2}, {0, 1, 2}, {6}, {2, 3, 5}])
@pytest.mark.parametrize(
    ("where", "value"), [("layer", torch.nan), ("layer", torch.inf), ("head", torch.nan), ("head", -torch.inf)]
)
def test_photos_that_are_not_finite_are_left_out_and_named(where, value, bad, batch_size, tmp_path):
    split, photos = split_of(where, value), photos_in(tmp_path / "photos", bad, 7)
    found = collect_activations(split, photos, tmp_path / "store", batch_size=batch_size)
    good = [i for i in range(7) if i not in bad]
    assert found.indices == tuple(good)
    assert [each.name for each in found.skipped] == [photos.names[i] for i in sorted(bad)]
    assert all("NaN or infinity" in each.reason for each in found.skipped)
    inputs = torch.stack([to_tensor(photos.open(i)) for i in good])
    torch.testing.assert_close(found.picked(range(len(good))), split.encode(inputs), rtol=2e-3, atol=2e-2)
    np.testing.assert_allclose(found.logits, split.head(split.encode(inputs)).detach(), rtol=1e-4, atol=1e-4)
    for row, i in enumerate(good):
        shown = np.asarray(Image.open(found.thumbnail(row)), dtype=float)
        assert abs(shown - np.asarray(photos.open(i), dtype=float)).mean() < 15
    assert len(list(found.thumbnail(0).parent.iterdir())) == len(good)


@pytest.mark.parametrize("where", ["layer", "head"])
def test_no_photo_left_is_one_line(where, tmp_path):
    photos = photos_in(tmp_path / "photos", set(range(4)), 4)
    with pytest.raises(ValueError, match=r"none of the 4 photos could be used .*NaN or infinity") as caught:
        collect_activations(split_of(where, torch.nan), photos, tmp_path / "store", batch_size=3)
    assert "\n" not in str(caught.value)


def test_an_overflow_of_half_precision_is_the_same(tmp_path):
    class Squares(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.features, self.linear = nn.Conv2d(3, 4, 8, 8), nn.Linear(4, 2)

        def forward(self, x: Tensor) -> Tensor:
            return self.linear((self.features(x) * 100).square().mean(dim=(2, 3)))

    torch.manual_seed(0)
    model = Squares().eval()
    with torch.no_grad():
        model.features.weight.fill_(1 / 64)  # 300 for a white photo: its square is beyond float16
    model.transform = to_tensor  # type: ignore[assignment]
    split = split_model(model.half(), "features", sample=0.1 * torch.randn(2, 3, 32, 32))
    found = collect_activations(split, photos_in(tmp_path / "photos", {1, 4}, 6), tmp_path / "store")
    assert found.indices == (0, 2, 3, 5)
    assert np.isfinite(found.logits).all()


def test_the_report_names_them(tmp_path):
    photos = photos_in(tmp_path / "photos", {0, 3}, 8)
    settings = ReportSettings(n_concepts=2, photos="all")
    report = build_report(split_of("head", torch.nan), photos, 0, settings)
    assert [row.name for row in report.data.images] == [photos.names[i] for i in (1, 2, 4, 5, 6, 7)]
    assert [each.name for each in report.data.dataset.skipped] == [photos.names[i] for i in (0, 3)]
    assert report.data.dataset.n_used == 6
    with pytest.raises(ValueError, match=r"there are 6 photos, fewer than the 7 concepts.*NaN or infinity"):
        build_report(split_of("head", torch.nan), photos, 0, ReportSettings(n_concepts=7, photos="all"))
