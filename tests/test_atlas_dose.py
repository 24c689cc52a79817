"""The dose of the atlas's chosen concept: what the model answers to its typical photo."""

from dataclasses import replace

import numpy as np
import pytest

from concepts.interventions import dosed_probabilities, open_subject
from concepts.models import load_model, split_model
from concepts.report.class_report import ClassReport
from concepts.report.queries.typical_photo import typical_photo
from pages.atlas import dose
from tests.support.asked_page import answers_shown
from tests.support.made_up_report import made_up_report, renamed
from tests.support.screen import address_of, open_page, shown
from tests.support.tiny import CLASSES, FACTORY, make_tiny, serve_tiny

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return make_tiny(tmp_path_factory.mktemp("made"), "red")


@pytest.fixture
def workspace(made, tmp_path, monkeypatch):
    serve_tiny(made, tmp_path, monkeypatch)
    return tmp_path


@pytest.mark.usefixtures("workspace")
def test_the_model_is_not_opened_before_it_is_asked(monkeypatch):
    monkeypatch.setattr(dose, "split_of", lambda report: pytest.fail("opened"))
    assert "cx-answer" not in shown(open_page("atlas"))


def test_the_answer_at_a_dose_is_the_model_s_own(workspace):
    app = open_page("atlas", report="red", concept=1, dose="0.25")
    report = ClassReport.load(workspace / "reports" / "red")
    split = split_model(load_model(FACTORY, class_names=CLASSES), layer="features")
    subject = open_subject(report, split, [typical_photo(report, 1)], store=workspace / "store")
    rows = np.array([[1, 1, 1], [1, 0.25, 1]], dtype=np.float32)
    before, after = dosed_probabilities(split.head, subject, rows)[0]
    for i, name in enumerate(CLASSES):
        np.testing.assert_allclose(answers_shown(shown(app))[name], [before[i], after[i]], atol=6e-5)
    app.slider(key="atlas_dose").set_value(2.0).run()
    assert address_of(app)["dose"] == "2"
    assert "at dose 2" in shown(app)


def test_the_typical_photo_is_the_strongest_that_is_recognised():
    report = made_up_report(n=10)
    crops = report.data.concepts[0].crops
    images = list(report.data.images)
    images[crops[0].image] = replace(images[crops[0].image], recognised=False)
    for crop in crops[1:]:
        images[crop.image] = replace(images[crop.image], recognised=True)
    second = next(crop.image for crop in crops if crop.image != crops[0].image)
    assert typical_photo(renamed(report, images=tuple(images)), 0) == second
    nobody = tuple(replace(row, recognised=False) for row in images)
    assert typical_photo(renamed(report, images=nobody), 0) == crops[0].image


def test_without_crops_it_is_the_one_with_most_importance():
    report = made_up_report(n=10, grid=False)
    phi = report.array("phi")
    assert typical_photo(report, 2) == int(np.abs(phi[:, 2]).argmax())
