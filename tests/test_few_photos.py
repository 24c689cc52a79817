"""Few photos and few places: every extraction gives a report or one line, whatever the numbers of rows and channels."""

import json
from itertools import product

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from concepts.data.images import open_photos
from concepts.extraction import make_extractor
from concepts.extraction.methods import EXTRACTIONS
from concepts.models import split_model
from concepts.report import ReportSettings, build_report
from tests.support.tiny import to_tensor, write_photos

FAST = [name for name in EXTRACTIONS if not name.endswith("_sae")]
OPTIONS = {name: {} if name in FAST else {"steps": 20} for name in EXTRACTIONS}
LAYERS = {"vector": ("body", 6), "map": ("pool", 8), "wide map": ("pool", 64)}  # its path, and its channels
NUMBERS = [(1, 1), (2, 1), (2, 3), (3, 3), (7, 7), (12, 10)]
SHAPES = [("vector", (3, 3)), ("map", (7, 7))]
CASES = [*((name, *shape) for name in FAST for shape in SHAPES), *product(["nmf"], LAYERS, NUMBERS)]


class Small(nn.Module):
    """(n, 3, 32, 32) to (n, 2), by a map (n, channels, 2, 2) and a vector (n, 6), both ≥ 0."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.convolution, self.pool = nn.Conv2d(3, channels, 4, 4), nn.AdaptiveAvgPool2d(2)
        self.body, self.linear = nn.Sequential(nn.Linear(4 * channels, 6), nn.ReLU()), nn.Linear(6, 2)

    def forward(self, x: Tensor) -> Tensor:
        return self.linear(self.body(self.pool(self.convolution(x).relu()).flatten(1)))


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    found = open_photos(str(write_photos(tmp_path_factory.mktemp("photos"), n=12)))
    return found.subset([i for i, name in enumerate(found.names) if "red" in name])


@pytest.fixture(scope="module")
def splits():
    found = {}
    for name, (path, channels) in LAYERS.items():
        torch.manual_seed(0)
        model = Small(8 if name == "vector" else channels).eval()
        model.transform, model.class_names = to_tensor, ["red", "green"]  # type: ignore[assignment]
        found[name] = split_model(model, path)
    return found


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return tmp_path_factory.mktemp("store")


def expected_refusal(method: str, layer: str, n: int, k: int, directions: int) -> str | None:
    """What the one line must say, None where a report is due. directions: in which the activations vary."""
    if EXTRACTIONS[method].independent and k > LAYERS[layer][1]:
        return "at most as many concepts as there are channels"
    if n < k:
        return f"{n} photos?, fewer than the {k} concepts asked for"
    if n < 2:
        return "1 photo: a report compares photos"
    if method == "ica" and directions < k:
        return f"vary in {directions} directions"
    return None


def directions_of(split, photos) -> int:
    A = split.encode(torch.stack([to_tensor(photos.open(i)) for i in range(len(photos))])).flatten(0, -2)
    return int(torch.linalg.matrix_rank((A - A.mean(dim=0)).double(), rtol=1e-5))


@pytest.mark.parametrize(("method", "layer", "numbers"), dict.fromkeys(CASES))
def test_a_report_of_few_photos_or_one_line(method, layer, numbers, splits, photos, store, tmp_path):
    n, k = numbers

    def make():
        settings = ReportSettings(method, k, photos="all")
        return build_report(splits[layer], photos.subset(range(n)), "red", settings, store=store)

    refusal = expected_refusal(method, layer, n, k, directions_of(splits[layer], photos.subset(range(n))))
    if refusal is not None:
        with pytest.raises(ValueError, match=refusal) as caught:
            make()
        assert "\n" not in str(caught.value)
        return
    report = make()
    assert (len(report.data.images), len(report.data.concepts)) == (n, k)
    saved = report.save(tmp_path / "report")
    json.loads((saved / "report.json").read_text(), parse_constant=pytest.fail)
    for name in ("phi", "components", "embedding", "evidence"):
        assert np.isfinite(report.array(name)).all()


def rows_of(n: int, p: int, distinct: int | None, seed: int) -> Tensor:
    """(n, p) ≥ 0, of which so many rows are distinct; None: all."""
    made = torch.rand(distinct or n, p, generator=torch.Generator().manual_seed(seed))
    return made[torch.arange(n) % len(made)]


def refused(method: str, rows: int, distinct: int, k: int) -> bool:
    """True where k concepts are more than rows, than the 6 channels, or than the directions in which rows vary."""
    if k > rows or (EXTRACTIONS[method].independent and k > 6):
        return True
    return method == "ica" and k > min(rows, distinct) - 1


@pytest.mark.parametrize("method", EXTRACTIONS)
@pytest.mark.parametrize("places", [1, 4])
@pytest.mark.parametrize("distinct", [None, 1, 2])
def test_extractions_of_few_rows_are_finite_or_refused(method, places, distinct):
    for n, k in ((1, 2), (2, 2), (3, 5), (7, 5), (12, 10)):
        A = rows_of(n * places, 6, distinct, seed=n)
        extractor = make_extractor(method, k, seed=0, **OPTIONS[method])
        if refused(method, len(A), distinct or len(A), k):
            with pytest.raises(ValueError, match=r"^[^\n]+$"):
                extractor.fit(A)
            continue
        U = extractor.fit_transform(A)
        assert U.shape == (len(A), k)
        assert U.isfinite().all()
        assert extractor.dictionary.isfinite().all()


@pytest.mark.parametrize(("method", "parts"), [*((name, 5) for name in FAST), ("nmf", 2)])
def test_sub_concepts_of_few_places_are_fewer_or_none(method, parts, photos, store):
    torch.manual_seed(0)
    model = nn.Sequential()
    model.add_module("early", nn.Sequential(nn.Conv2d(3, 3, 4, 4), nn.ReLU()))  # 3 channels, fewer than the parts
    model.add_module("late", nn.Sequential(nn.Conv2d(3, 6, 2, 2), nn.ReLU()))
    model.add_module("end", nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(6, 2)))
    model.transform, model.class_names = to_tensor, ["red", "green"]  # type: ignore[assignment]
    split = split_model(model.eval(), "late")
    settings = ReportSettings(method, 2, photos="all", sub_concepts=parts)
    report = build_report(split, photos, "red", settings, store=store)
    for row in report.data.subconcepts:
        assert row.path[-1] < (min(parts, 3) if EXTRACTIONS[method].independent else parts)
        assert np.isfinite([row.share, row.effect, row.low, row.high]).all()
