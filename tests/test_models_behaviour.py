"""Models that are written alike and behave differently: the store never gives one the numbers of another."""

import sys

import numpy as np
import pytest
import torch
from torch import nn

from concepts.data.images import open_photos
from concepts.models import card_of, load_model, split_model
from concepts.models.behaviour import Behaviour, behaviour_of, seeded_pictures
from concepts.report import ClassReport, ReportSettings, build_report
from concepts.report.queries.reencoding import check_model
from tests.support.tiny import CLASSES, build, to_tensor, write_photos

SETTINGS = ReportSettings(n_concepts=3)


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    return open_photos(str(write_photos(tmp_path_factory.mktemp("photos"), n=10)))


class Ordered(nn.Module):
    """The tiny model on channels in another order, by an attribute that no repr and no state dict shows."""

    def __init__(self, order):
        super().__init__()
        self.order, self.body, self.transform, self.class_names = order, build(), to_tensor, CLASSES

    def forward(self, x):
        return self.body(x[:, self.order])


class Directed(nn.Module):
    """A head whose class directions are a plain tensor, outside of the state dict."""

    def __init__(self, turned):
        super().__init__()
        self.features, self.pool, self.flatten = (
            build().get_submodule(name) for name in ("features", "pool", "flatten")
        )
        self.directions = torch.eye(4)[:3].flip(0) if turned else torch.eye(4)[:3]
        self.transform, self.class_names = to_tensor, CLASSES

    def forward(self, x):
        return self.flatten(self.pool(self.features(x))) @ self.directions.T


def by_lambda(factor):
    model = build()
    model.transform, model.class_names = lambda image: to_tensor(image) * factor, CLASSES
    return model


PAIRS = {
    "an attribute": (lambda: Ordered([0, 1, 2]), lambda: Ordered([2, 1, 0])),
    "a tensor outside the state dict": (lambda: Directed(False), lambda: Directed(True)),
    "a lambda as transform": (lambda: by_lambda(1.0), lambda: by_lambda(0.5)),
}


def report_of(model, photos, store, layer=None):
    return build_report(split_model(model.eval(), layer=layer), photos, "red", SETTINGS, store=store)


@pytest.mark.parametrize("pair", PAIRS.values(), ids=PAIRS.keys())
def test_a_model_written_like_another_gets_its_own_numbers(pair, photos, tmp_path):
    first, second = (make() for make in pair)
    assert card_of(first).fingerprint == card_of(second).fingerprint  # the key alone does not tell them apart
    stored = [report_of(model, photos, tmp_path / "store") for model in (first, second, first)]
    assert [bool(report.data.reused) for report in stored] == [False, False, True]
    alone = report_of(second, photos, tmp_path / "alone")
    for report, expected in ((stored[1], alone), (stored[2], stored[0])):
        np.testing.assert_array_equal(report.array("phi"), expected.array("phi"))
        assert [row.score for row in report.data.images] == [row.score for row in expected.data.images]
    assert [row.score for row in stored[0].data.images] != [row.score for row in alone.data.images]


def test_an_edited_helper_of_a_factory_is_seen(photos, tmp_path, monkeypatch):
    """The factory's own file stays the same; what it imports does not."""
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    factory = tmp_path / "factory.py"
    factory.write_text("from tests.support.tiny import build as tiny\nfrom own_helper import changed\n\n"
                       "def build():\n    return changed(tiny())\n")  # fmt: skip

    def report(factor):
        (tmp_path / "own_helper.py").write_text(
            "def changed(model):\n"
            f"    model.register_forward_pre_hook(lambda _, x: (x[0] * {factor},))\n"
            "    return model\n"
        )
        monkeypatch.delitem(sys.modules, "own_helper", raising=False)
        model = load_model(f"{factory}:build", class_names=CLASSES)
        return report_of(model, photos, tmp_path / "store", layer="features")

    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    first, edited, again = report(1.0), report(0.25), report(1.0)
    assert first.data.model.fingerprint == edited.data.model.fingerprint
    assert [bool(each.data.reused) for each in (first, edited, again)] == [False, False, True]
    assert first.data.images[0].score != pytest.approx(edited.data.images[0].score)


def test_a_behaviour_agrees_with_itself_and_with_noise_of_rounding_only(photos, tmp_path):
    split = split_model(build())
    behaviour = behaviour_of(split, photos)  # photos are not read for it
    behaviour.save(tmp_path)
    assert Behaviour.load(tmp_path).agrees(behaviour)
    near, far = (
        Behaviour(behaviour.prepared, behaviour.activations, behaviour.logits * f) for f in (1 + 5e-5, 1 + 5e-4)
    )
    assert behaviour.agrees(near)
    assert not behaviour.agrees(far)
    assert behaviour.agrees(behaviour_of(split))
    assert Behaviour.load(tmp_path / "nowhere") is None


def test_seeded_pictures_are_the_same_in_every_run_and_in_colour():
    first, again = (np.stack([np.asarray(picture) for picture in seeded_pictures()]) for _ in range(2))
    np.testing.assert_array_equal(first, again)
    assert first.std(axis=(1, 2)).min() > 30
    assert np.abs(first.astype(int) - first[..., ::-1]).mean() > 20


@pytest.mark.parametrize("pair", PAIRS.values(), ids=PAIRS.keys())
def test_a_report_knows_its_model_again(pair, photos, tmp_path):
    first, second = (split_model(make().eval()) for make in pair)
    report = build_report(first, photos, "red", SETTINGS)
    report.save(tmp_path / "report")
    loaded = ClassReport.load(tmp_path / "report")
    check_model(loaded, first)
    with pytest.raises(ValueError, match=r"answers otherwise: an attribute, .* make the report anew"):
        check_model(loaded, second)
