"""How many concepts, which layer: the rule on choices made by hand, and both from photos on."""

from types import SimpleNamespace

import pytest

from concepts.data.images import open_photos
from concepts.evaluation import advice
from concepts.evaluation.advice import Choice, advise_layer, advise_n_concepts, candidate_layers, recommend
from concepts.evaluation.table import Row
from concepts.metrics import compare_fits
from concepts.models import load_model, split_model
from concepts.report.settings import ReportSettings
from tests.support.tiny import CLASSES, FACTORY, write_photos

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def model():
    return load_model(FACTORY, class_names=CLASSES)


@pytest.fixture(scope="module")
def split(model):
    return split_model(model, layer="features")


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    return open_photos(str(write_photos(tmp_path_factory.mktemp("photos"), n=20)))


def choice(k, kept, instability, *, low=None, error=0.5, layer="layer"):
    kept_row = Row("nmf", k, 0, "", "kept answers", kept, low, None)
    return Choice(layer, k, Row("nmf", k, 0, "", "relative ℓ2", error), kept_row, instability)


@pytest.mark.parametrize(
    ("choices", "expected"),
    [
        # the first that keeps as much as the best (within its interval) and is stable
        ([choice(5, 0.7, 0.01), choice(10, 0.9, 0.1), choice(20, 0.95, 0.05, low=0.88)], 10),
        ([choice(5, 0.87, 0.01), choice(10, 0.9, 0.1), choice(20, 0.95, 0.05, low=0.88)], 10),
        ([choice(5, 0.88, 0.01), choice(10, 0.9, 0.1), choice(20, 0.95, 0.05, low=0.88)], 5),
        # the bound of stability counts as stable
        ([choice(5, 0.9, 0.15), choice(10, 0.9, 0.01)], 5),
        ([choice(5, 0.9, 0.151), choice(10, 0.9, 0.01)], 10),
        # none stable: the most stable of those that keep; one that loses answers is not asked
        ([choice(5, 0.9, 0.4), choice(10, 0.9, 0.3), choice(20, 0.9, 0.35), choice(30, 0.1, 0.2)], 10),
        # ties: the earlier
        ([choice(5, 0.9, 0.3), choice(10, 0.9, 0.3)], 5),
        # without an interval only as much as the best will do
        ([choice(5, 0.89, 0.1), choice(10, 0.9, 0.1)], 10),
        ([choice(5, 0.89, 0.1), choice(10, 0.9, 0.1, low=0.9)], 10),
        # of those that keep as much, the interval of the one with the lower error is taken
        (
            [choice(5, 0.85, 0.1), choice(10, 0.9, 0.1, low=0.8, error=0.4), choice(20, 0.9, 0.1, low=0.89, error=0.6)],
            5,
        ),
        # what was not measured keeps nothing
        ([choice(5, None, 0.01), choice(10, 0.2, 0.1)], 10),
    ],
)
def test_the_rule(choices, expected):
    found = recommend(choices)
    assert found.recommended.n_concepts == expected
    assert found.choices == tuple(choices)
    assert f"{expected} concepts at layer" in found.reason


def test_the_reason_says_which_rule_it_was():
    stable = recommend([choice(5, 0.9, 0.1), choice(10, 1.0, 0.02, low=0.85)]).reason
    assert "keeps 90% of the answers (the best keeps 100%)" in stable
    assert "to within 0.10" in stable
    assert "does both" in stable
    assert "none is within 0.15" in recommend([choice(5, 0.9, 0.2)]).reason


def test_nothing_to_advise_on_is_told(split, photos, tmp_path):
    with pytest.raises(ValueError, match="at least one candidate"):
        recommend([])
    with pytest.raises(ValueError, match="at least one candidate"):
        advise_n_concepts(split, photos, "red", [], store=tmp_path)


def test_how_many_concepts_the_tiny_classifier_needs(split, photos, tmp_path):
    """A red square on grey: one concept cannot tell it from the ground, two can."""
    stages = []
    found = advise_n_concepts(
        split, photos, "red", [3, 1, 2, 3], store=tmp_path, progress=lambda stage, share: stages.append(stage)
    )
    assert [each.n_concepts for each in found.choices] == [1, 2, 3]  # smallest first, each once
    errors = [each.error.value for each in found.choices]
    assert errors == sorted(errors, reverse=True)
    assert found.recommended.instability <= 0.15
    assert {"features, 1 concepts", "features, 2 concepts", "features, 3 concepts"} <= set(stages)


def test_a_choice_is_measured_on_three_starts(split, photos, tmp_path, monkeypatch):
    fits = []
    real = advice.dictionary_scores.fit
    monkeypatch.setattr(advice.dictionary_scores, "fit", lambda *arguments: fits.append(real(*arguments)) or fits[-1])
    (only,) = advise_n_concepts(split, photos, "red", [3], ReportSettings(method="nmf", seed=4), store=tmp_path).choices
    assert [(fit.settings.seed, fit.settings.n_concepts) for fit in fits] == [(4, 3), (5, 3), (6, 3)]
    assert only.instability == pytest.approx(float(compare_fits([fit.extractor for fit in fits])))
    assert (only.error.seed, only.error.measure) == (4, "relative ℓ2")
    assert only.kept.measure == "kept answers"
    assert only.kept.low is not None


def test_the_activations_are_read_once_for_all_candidates(split, photos, tmp_path, monkeypatch):
    opened = []
    real = advice.open_measurement_data
    monkeypatch.setattr(advice, "open_measurement_data", lambda *a, **o: opened.append(a) or real(*a, **o))
    advise_n_concepts(split, photos, "red", [2, 3], store=tmp_path)
    assert len(opened) == 1


def test_wrong_requests_are_told(split, photos, tmp_path):
    with pytest.raises(ValueError, match="did you mean red"):
        advise_n_concepts(split, photos, "rde", [2], store=tmp_path)
    with pytest.raises(ValueError, match="fewer than the 21 concepts"):
        advise_n_concepts(split, photos, "red", [2, 21], store=tmp_path)
    with pytest.raises(ValueError, match="at least 1"):
        advise_n_concepts(split, photos, "red", [0, 2], store=tmp_path)


def test_which_layer(split, photos, tmp_path):
    found = advise_layer(split, photos, "red", 3, store=tmp_path)
    assert [each.layer for each in found.choices] == ["features"]
    found = advise_layer(split, photos, "red", 3, ["features.0", "features", "flatten"], store=tmp_path)
    assert [each.layer for each in found.choices] == ["features.0", "features", "flatten"]
    assert found.recommended in found.choices


def layers_of(own, *infos):
    infos = [SimpleNamespace(path=path, grid=grid, sign=sign) for path, grid, sign in infos]
    return SimpleNamespace(layer=own, layers=lambda: infos)


def test_candidates_are_spread_over_the_second_half_in_the_order_of_the_network():
    infos = [(f"l{i:02d}", (14, 14), ">= 0") for i in range(20)]
    chosen = candidate_layers(layers_of("l19", *infos))
    assert chosen == ["l10", "l13", "l16", "l19"]  # 10, 13, 16, 19 of 0 to 19
    assert candidate_layers(layers_of("l13", *infos)) == chosen
    assert candidate_layers(layers_of("l02", *infos)) == ["l02", "l13", "l16", "l19"]


def test_candidates_have_a_fine_grid_and_a_sign_that_the_method_takes():
    infos = [
        ("a", (8, 8), ">= 0"), ("b", (8, 8), "signed"), ("c", (8, 8), ">= 0"), ("d", (4, 4), "signed"),
        ("e", (3, 9), ">= 0"), ("f", None, ">= 0"),
    ]  # fmt: skip
    assert candidate_layers(layers_of("c", *infos)) == ["c", "d"]
    assert candidate_layers(layers_of("c", *infos), "pca") == ["c", "d"]
    assert candidate_layers(layers_of("c", *infos), "nmf") == ["c"]
    assert candidate_layers(layers_of("f", ("f", None, ">= 0"))) == ["f"]
    assert candidate_layers(layers_of("f", *infos)) == ["c", "d", "f"]
