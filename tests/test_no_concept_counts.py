"""Heads and layers of zeros: that no concept counts is a finding, in a report that opens everywhere."""

import json
import re
from functools import partial
from itertools import product

import numpy as np
import pytest
import torch
from torch import nn

from attribution.methods import IMPORTANCES
from concepts.data.images import open_photos
from concepts.extraction.methods import EXTRACTIONS
from concepts.interventions.subject import Subject
from concepts.models import split_model
from concepts.numerics.ranks import most_important
from concepts.publishing.site import build_site
from concepts.report import ClassReport, ReportSettings, build_report, open_report
from concepts.report.pipeline import tables
from concepts.report.rendering.html import render_report_html
from concepts.report.rendering.sentences import concept_sentence, strategy_sentence
from concepts.report.rendering.summary import summary
from concepts.report.rows import FINDINGS, NO_COUNT, SAME_FOR_ALL
from concepts.strategies import find_strategies
from tests.support.screen import charts, open_page, shown, without_demo
from tests.support.tiny import CLASSES, build, write_photos

TRAINED = ("topk_sae", "batchtopk_sae", "archetypal_sae")  # ten seconds each: one of them, on one layer
METHODS = [name for name in EXTRACTIONS if name not in (*TRAINED, "ica")]
NOT_A_NUMBER = re.compile(r"\b(NaN|nan|Infinity|inf)\b")


def zeros(parameter: nn.Parameter, value: float = 0.0) -> None:
    with torch.no_grad():
        parameter.fill_(value)


def head_of(model: nn.Module, *, bias: float, row: slice = slice(None)) -> None:
    """No weights; the biases of these classes are a number."""
    with torch.no_grad():
        model.linear.weight[row] = 0
        model.linear.bias[row] = bias


def layer_of(model: nn.Module, *, value: float) -> None:
    zeros(model.features[0].weight)
    zeros(model.features[0].bias, value)


def fine(model: nn.Module) -> None:
    """Nothing is changed."""


WITHOUT_COUNT = {
    "head": partial(head_of, bias=0.0),
    "head with a bias": partial(head_of, bias=1.7),
    "class": partial(head_of, bias=0.3, row=slice(0, 1)),
    "layer": partial(layer_of, value=0.0),
    "dead layer": partial(layer_of, value=-1.0),
}


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    return open_photos(str(write_photos(tmp_path_factory.mktemp("photos"), n=6)))


def split_of(change):
    model = build()
    model.class_names = CLASSES
    change(model)
    return split_model(model, "features")


def made(change, photos, method="auto", importance="gradient_input", target="red") -> ClassReport:
    return build_report(split_of(change), photos, target, ReportSettings(method, 3, importance))


def finding(report: ClassReport, name: str) -> str | None:
    return next((check.sentence for check in report.data.checks if check.name == name), None)


def assert_nothing_counts(report: ClassReport) -> None:
    assert not report.array("phi").any()
    for row in report.data.concepts:
        assert (row.share, row.share_low, row.share_high, row.importance, row.low, row.high) == (0,) * 6
        assert row.prevalence == 0
        assert row.reliability is None
        assert concept_sentence(row, report.data).startswith("It does not count for “red” in any photo.")
    (strategy,) = report.data.strategies
    assert strategy.concepts == ()
    assert "recognised by none of the concepts" in strategy_sentence(strategy, report.data)
    assert not report.data.suspicions
    assert summary(report.data).startswith("Judging by 6 photos: ")
    assert "No concept counts for “red”" in summary(report.data)


def assert_opens(report: ClassReport, folder) -> None:
    saved = report.save(folder)
    found = json.loads((saved / "report.json").read_text(), parse_constant=pytest.fail)
    assert len(found["concepts"]) == 3
    page = (saved / "report.html").read_text()
    assert "No concept counts for “red”" in page
    assert not NOT_A_NUMBER.search(re.sub(r"<script.*?</script>|<style.*?</style>|data:[^\"]*", "", page, flags=re.S))
    for array in ("phi", "components", "embedding", "evidence"):
        assert np.isfinite(report.array(array)).all()


@pytest.mark.parametrize(
    ("kind", "importance"),
    dict.fromkeys([*product(["head with a bias"], IMPORTANCES), *product(WITHOUT_COUNT, ("gradient_input", "rise"))]),
)
def test_no_concept_counts_whatever_the_importance(kind, importance, photos, tmp_path):
    report = made(WITHOUT_COUNT[kind], photos, importance=importance)
    assert_nothing_counts(report)
    assert "its score is the same with all concepts as with none" in finding(report, NO_COUNT)
    assert (finding(report, SAME_FOR_ALL) is not None) == ("layer" in kind)
    assert_opens(report, tmp_path / "report")


@pytest.mark.parametrize(
    ("kind", "method"),
    [*product(("head with a bias", "layer"), METHODS), pytest.param("layer", TRAINED[0], marks=pytest.mark.slow)],
)
def test_no_concept_counts_whatever_the_extraction(kind, method, photos, tmp_path):
    report = made(WITHOUT_COUNT[kind], photos, method)
    assert_nothing_counts(report)
    assert_opens(report, tmp_path / "report")


@pytest.mark.parametrize(("kind", "directions"), [("layer", 0), ("dead layer", 0)])
def test_ica_of_a_layer_of_zeros_is_one_line(kind, directions, photos):
    with pytest.raises(ValueError, match=f"vary in {directions} directions.*choose another method") as caught:
        made(WITHOUT_COUNT[kind], photos, "ica")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("value", [0.2, 0.7, 3.0])
def test_a_layer_that_is_the_same_for_all_photos_says_so(value, photos):
    report = made(partial(layer_of, value=value), photos)
    assert finding(report, SAME_FOR_ALL).startswith("The layer gives the same activations for every photo")
    assert finding(report, NO_COUNT) is None
    assert finding(report, SAME_FOR_ALL) in summary(report.data)
    assert sum(row.share for row in report.data.concepts) == pytest.approx(1)


@pytest.mark.parametrize("importance", ["vargrad", "tcav"])
def test_zeros_of_a_method_are_told_from_a_score_that_does_not_change(importance, photos):
    def against(model: nn.Module) -> None:
        with torch.no_grad():
            model.linear.weight[0] = -1  # no concept raises the score, and no slope varies

    report = made(against, photos, importance=importance)
    assert not report.array("phi").any()
    label = IMPORTANCES[importance].label
    assert finding(report, NO_COUNT).startswith(f"By {label}, no concept counts for “red”, though its score changes")
    assert finding(report, NO_COUNT) in summary(report.data)


@pytest.mark.parametrize("importance", ["gradient_input", "shapley", "rise", "saliency"])
def test_ordinary_reports_have_no_such_check(importance, photos):
    report = made(fine, photos, importance=importance)
    assert not {check.name for check in report.data.checks} & set(FINDINGS)
    assert summary(report.data).startswith("Judging by 6 photos, ")
    assert report.array("phi").any()


@pytest.mark.parametrize("scale", [1e-3, 1e-2, 10.0])
def test_small_importances_are_no_rounding(scale, photos):
    def small(model: nn.Module) -> None:
        with torch.no_grad():
            model.linear.weight[0] *= scale
            model.linear.bias[0] = 1

    report = made(small, photos)
    plain = made(fine, photos)
    assert finding(report, NO_COUNT) is None
    np.testing.assert_allclose(report.array("phi"), scale * plain.array("phi"), rtol=1e-4, atol=1e-6 * scale)


def test_the_most_important_concept_of_a_photo_is_none_where_all_are_0():
    phi = np.array([[0.0, 0.0], [1.0, 1.0], [-2.0, -1.0], [-1.0, 0.0]])
    np.testing.assert_array_equal(most_important(phi), [-1, 0, 1, 1])
    rows = tables.concept_rows(phi, np.array([True, True, False, True]), np.zeros(2, bool), [(), ()], 0)
    assert [row.prevalence for row in rows] == [0.25, 0.5]
    assert [row.reliability for row in rows] == [1.0, 0.5]


@pytest.mark.parametrize(("n", "k"), [(2, 1), (17, 3), (40, 5)])
def test_importances_of_0_are_one_strategy_whatever_the_codes(n, k):
    codes = np.random.default_rng(n).random((n, 4, k)).astype(np.float32)
    codes[: n // 2, :, 0] += 20  # two clear groups, by their codes
    found = find_strategies(np.zeros((n, k)), codes, np.ones(n, bool), places=codes)
    assert found.n_strategies == 1
    assert (found.labels == 0).all()
    assert found.table["concepts"][0] == []
    assert np.isfinite(found.embedding).all()
    assert found.populations == ()


def test_doses_of_a_layer_of_zeros_leave_nothing_over():
    assert Subject(torch.zeros(2, 3, 4), torch.zeros(2, 3, 2), torch.zeros(2, 4)).leftover == 0


@pytest.mark.parametrize("kind", ["head with a bias", "layer"])
def test_a_site_shows_it(kind, photos, tmp_path):
    made(WITHOUT_COUNT[kind], photos).save(tmp_path / "reports" / "red")
    build_site([tmp_path / "reports"], tmp_path / "public", title="zeros")
    pages = list((tmp_path / "public").rglob("*.html"))
    assert pages
    assert not any(NOT_A_NUMBER.search(re.sub(r"<script.*?</script>", "", p.read_text(), flags=re.S)) for p in pages)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["head", "layer"])
def test_the_page_opens_and_says_it(kind, photos, tmp_path, monkeypatch):
    without_demo(monkeypatch, tmp_path)
    made(WITHOUT_COUNT[kind], photos).save(tmp_path / "reports" / "red")
    assert "No concept counts for “red”" in shown(open_page("report", report="red"))
    assert "It does not count for “red” in any photo." in shown(open_page("report", report="red", tab="concepts"))
    for tab in ("overview", "photos", "mistakes", "method"):
        for chart in charts(open_page("report", report="red", tab=tab)):
            assert not NOT_A_NUMBER.search(json.dumps(chart))


def test_the_file_is_the_same_for_a_report_read_again(photos, tmp_path):
    report = made(WITHOUT_COUNT["head"], photos)
    report.save(tmp_path / "zeros")
    again = open_report([tmp_path], "zeros")
    assert render_report_html(again) == render_report_html(report)
