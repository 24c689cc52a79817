"""What went wrong: which photos, what spoke for the class they were taken for, what they lacked."""

import json
import shutil

import numpy as np
import pytest
import torch
from PIL import Image

from concepts.models import load_model, split_model
from concepts.report.class_report import ClassReport
from concepts.report.queries.new_photo import explain_photo
from concepts.report.rendering.html import render_report_html
from concepts.report.rendering.sentences import mistake_sentence, mistake_title, most
from concepts.report.rows import MistakeRow
from concepts.report.schema import REPORTS, ReportData
from concepts.storage.typed_json import from_json
from tests.support.made_up_report import made_up_report, renamed
from tests.support.screen import open_page, shown
from tests.support.tiny import CLASSES, FACTORY, analyse_tiny, draw, serve_tiny, write_photos

pytestmark = pytest.mark.slow

N_WRONG = 5


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Reports of red and of green; in the folder of red, a few green pictures lie as well."""
    root = tmp_path_factory.mktemp("made")
    photos, rng = write_photos(root / "photos", n=20, marked=0), np.random.default_rng(5)
    for i in range(N_WRONG):
        draw("green", marked=False, rng=rng).save(photos / "red" / f"wrong_{i}.png")
    analyse_tiny(root, "red", "green")
    return root


@pytest.fixture
def workspace(made, tmp_path, monkeypatch):
    serve_tiny(made, tmp_path, monkeypatch)
    return tmp_path


@pytest.fixture(scope="module")
def report(made):
    return ClassReport.load(made / "reports" / "red")


@pytest.fixture(scope="module")
def split():
    return split_model(load_model(FACTORY, class_names=CLASSES), layer="features")


def test_the_rows_are_the_photos_that_went_wrong(report):
    rows, images = report.data.mistakes, report.data.images
    found = sorted(i for row in rows for i in row.photos)
    assert [images[i].name for i in found] == [f"red/wrong_{i}.png" for i in range(N_WRONG)]
    for row in rows:
        assert {(images[i].strategy, images[i].predicted) for i in row.photos} == {(row.strategy, row.predicted)}
        assert row.predicted == "green"
        assert row.n_well == sum(each.strategy == row.strategy and bool(each.right) for each in images)


def test_what_speaks_for_each_class_adds_up_to_its_logit(report, split):
    """The head is affine and without bias: Σ_j φ_j is the logit of what the concepts rebuild."""
    V, maps = torch.from_numpy(report.array("components")), report.array("maps")
    for row in report.data.mistakes:
        rebuilt = torch.from_numpy(maps[list(row.photos)]).float() @ V
        logits = split.head(rebuilt).mean(dim=0)
        assert sum(row.phi_predicted) == pytest.approx(float(logits[CLASSES.index("green")]), rel=1e-3)
        assert sum(row.phi_target) == pytest.approx(float(logits[CLASSES.index("red")]), rel=1e-3, abs=1e-4)


def test_what_is_lacking_is_the_gap_to_those_that_went_well(report):
    phi, labels = report.array("phi"), report.array("labels")
    right = np.array([bool(row.right) for row in report.data.images])
    for row in report.data.mistakes:
        np.testing.assert_allclose(row.phi_target, phi[list(row.photos)].mean(axis=0), rtol=1e-4, atol=1e-5)
        well = (labels == row.strategy) & right
        expected = phi[well].mean(axis=0) - row.phi_target if well.any() else []
        np.testing.assert_allclose(row.deficit, expected, rtol=1e-4, atol=1e-4)


def test_the_page_shows_them_with_the_other_class_s_own_concepts(workspace, report, split, made):
    other = ClassReport.load(made / "reports" / "green")
    app = open_page("report", id="red")
    assert all(mistake_title(row) in shown(app) for row in report.data.mistakes)
    assert "the report of “green” found" not in shown(app)
    app.toggle(key="mistakes_asked").set_value(True).run()
    page = shown(app)
    for row in report.data.mistakes:
        photos = [Image.open(made / "photos" / report.data.images[i].name).convert("RGB") for i in row.photos]
        phi = np.mean([explain_photo(other, split, photo).phi for photo in photos], axis=0)
        first = int(phi.argmax())
        assert f"Concept {first + 1} ({phi[first]:+.2f}; there {other.array('phi')[:, first].mean():+.2f})" in page
    assert "report?id=green&amp;concept=" in page


def test_without_a_report_of_the_other_class_nothing_is_offered(workspace):
    shutil.rmtree(workspace / "reports" / "green")
    assert not [toggle for toggle in open_page("report", id="red").toggle if toggle.key == "mistakes_asked"]


def test_a_model_that_may_not_be_opened_is_said(workspace, monkeypatch):
    monkeypatch.setenv("CONCEPTS_MODELS", "")
    app = open_page("report", id="red")
    app.toggle(key="mistakes_asked").set_value(True).run()
    assert any("CONCEPTS\\_MODELS" in info.value for info in app.info)


def test_they_stand_in_the_one_file_report(report):
    page = render_report_html(report)
    (row, *_) = report.data.mistakes
    assert mistake_title(row) in page
    assert f'<a href="#photo-{row.photos[0]}">{report.data.images[row.photos[0]].name}</a>' in page


def row(**changes: object) -> MistakeRow:
    values = {
        "strategy": -1, "predicted": "<b>pebble", "photos": (0, 1), "n_asked": 1, "phi_predicted": (0.5, -1.0, 2.0),
        "phi_target": (1.0, 0.0, -0.5), "n_well": 1, "deficit": (0.25, 0.0, -1.0),
    }  # fmt: skip
    return MistakeRow(**(values | changes))  # type: ignore[arg-type]


def test_the_sentence_names_the_strongest_first_and_only_what_counts():
    data = made_up_report(n=8).data
    text = mistake_sentence(row(), data)
    assert "Concept 3 (+2.00; for “mushroom” −0.50), Concept 1 (+0.50; for “mushroom” +1.00)" in text
    assert "Concept 2" not in text
    assert "(Measured on 1 of them.)" in text
    assert "beside the 1 photo of the same group that went well: Concept 1 (0.25 less)." in text
    assert "No photo of this group went well." in mistake_sentence(row(n_well=0, deficit=()), data)
    assert mistake_title(row()) == "Outliers: 2 photos taken for “<b>pebble”"
    against = mistake_sentence(row(phi_target=(-1.0, 0.0, -0.5), deficit=(0.25, 0.5, -1.0)), data)
    assert "went well: Concept 2 (0.50 less)." in against, "what speaks against the class everywhere is not lacking"
    assert most((0.0, -1.0)) == []


def test_names_of_classes_are_text(workspace):
    made = made_up_report(n=12)
    phi = tuple(np.linspace(-1.0, 2.0, len(made.data.concepts)).tolist())
    report = renamed(made, mistakes=(row(deficit=(), phi_predicted=phi, phi_target=phi),))
    report.save(workspace / "reports" / "hostile")
    for page in (shown(open_page("report", id="hostile")), render_report_html(report)):
        assert "taken for “&lt;b&gt;pebble”" in page
        assert "<b>pebble" not in page


def test_a_report_from_before_says_so(workspace, report):
    content = json.loads((workspace / "reports" / "red" / "report.json").read_text())
    del content["mistakes"]
    content["format"] = 1
    assert from_json(ReportData, json.dumps(content), source="report.json", form=REPORTS).mistakes == ()
    (workspace / "reports" / "red" / "report.json").write_text(json.dumps(content))
    assert "made before mistakes were looked into" in shown(open_page("report", id="red"))
