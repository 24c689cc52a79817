"""Asking the model from a report's page: doses of concepts, the least that flips, a photo of one's own."""

import io

import numpy as np
import pytest
import torch
from PIL import Image

from concepts.data.images import PICTURE_TYPES
from concepts.interventions import dosed_logits, dosed_probabilities, open_subject, smallest_removal
from concepts.models import load_model, split_model
from concepts.report.class_report import ClassReport
from concepts.report.queries.new_photo import explain_photo, neighbours
from pages.report import interventions
from pages.state.address import TABS, WHAT_IF, doses_in, doses_text
from pages.state.models import allowed
from pages.state.server_settings import ServerSettings
from tests.support import heic
from tests.support.asked_page import answers_shown
from tests.support.screen import address_of, charts, open_page, shown, texts
from tests.support.tiny import CLASSES, FACTORY, draw, make_tiny, serve_tiny

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return make_tiny(tmp_path_factory.mktemp("made"), "red")


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


def test_the_model_is_not_opened_before_it_is_asked(workspace, monkeypatch):
    monkeypatch.setattr(interventions, "model_of", lambda report: pytest.fail("opened"))
    for tab in set(TABS) - {WHAT_IF}:
        open_page("report", id="red", tab=tab)


def test_doses_of_the_address_move_all_probabilities(workspace, report, split):
    app = open_page("report", id="red", image=2, doses="0_0~2_1.5")
    subject = open_subject(report, split, [2], store=workspace / "store")
    rows = np.array([[1, 1, 1], [0, 1, 1.5]], dtype=np.float32)
    before, after = dosed_probabilities(split.head, subject, rows)[0]
    for i, name in enumerate(CLASSES):
        np.testing.assert_allclose(answers_shown(shown(app))[name], [before[i], after[i]], atol=6e-5)
    assert app.slider(key="dose_0").value == 0
    curve = next(chart for chart in charts(app) if "dose:" in str(chart["layout"]["xaxis"].get("title")))
    assert {trace["name"] for trace in curve["data"]} == set(CLASSES)


def test_a_slider_writes_the_address_and_undo_takes_it_back(workspace):
    app = open_page("report", id="red", image=2, tab="whatif")
    app.slider(key="dose_1").set_value(0.5).run()
    assert address_of(app)["doses"] == "1_0.5"
    app.slider(key="dose_0").set_value(2.0).run()
    assert address_of(app)["doses"] == "1_0.5~0_2"
    next(button for button in app.button if button.label == "Undo").click().run()
    assert address_of(app)["doses"] == "1_0.5"
    assert app.slider(key="dose_0").value == 1.0
    next(button for button in app.button if button.label == "Reset").click().run()
    assert "doses" not in address_of(app)


def test_a_whole_strategy_is_asked(workspace, report):
    app = open_page("report", id="red", image=2, doses="0_0", whole=1)
    label = report.data.images[2].strategy
    n = sum(row.strategy == label for row in report.data.images)
    assert f"Mean over {n} photos" in shown(app)
    assert "change their answer" in shown(app)


def test_a_whole_strategy_is_asked_where_the_address_names_no_photo(workspace, report):
    app = open_page("report", id="red", tab="whatif")
    assert app.segmented_control(key="whole").value is True
    assert "Mean over" in shown(app)
    assert open_page("report", id="red", tab="whatif", image=2).segmented_control(key="whole").value is False


def test_the_lead_is_told_before_and_after(workspace, report, split):
    page = shown(open_page("report", id="red", image=2, doses="0_0~2_1.5", whole=0))
    rows = torch.tensor([[1, 1, 1], [0, 1, 1.5]])
    subject = open_subject(report, split, [2], store=workspace / "store")
    for logits in dosed_logits(split.head, subject, rows)[0]:
        first = int(dosed_logits(split.head, subject, rows)[0, 0].argmax())
        lead = float(logits[first] - logits[torch.arange(len(logits)) != first].max())
        assert f"{lead:.1f}".replace("-", "−") in page.split("Lead of")[1][:80]


def test_the_least_that_flips_is_said_and_set(workspace, report, split):
    app = open_page("report", id="red", image=2, doses="0_1")
    app.toggle(key="flip").set_value(True).run()
    found = smallest_removal(split.head, open_subject(report, split, [2], store=workspace / "store"))
    assert f"the model says {CLASSES[found.answer]}" in shown(app)
    next(button for button in app.button if button.label == "Set these doses").click().run()
    assert doses_in(address_of(app)["doses"], 3) == dict.fromkeys(found.concepts, 0.0)


def test_a_model_that_the_operator_did_not_name_is_not_run(workspace, monkeypatch):
    monkeypatch.setenv("CONCEPTS_MODELS", "")
    app = open_page("report", id="red", doses="0_0")
    assert any("CONCEPTS\\_MODELS" in info.value for info in app.info)


@pytest.mark.parametrize(
    ("model", "named", "may"),
    [
        ("demo/shapes", (), True), ("resnet18", (), True), ("/a/b.py:build", (), False), ("../x.py:build", (), False),
        ("/a/b.py:build", ("/a/../a/b.py:build",), True), ("/a/b.py:other", ("/a/b.py:build",), False), ("", (), False),
    ],
)  # fmt: skip
def test_which_models_a_page_opens(tmp_path, model, named, may):
    assert allowed(model, ServerSettings(tmp_path, models=named)) is may


@pytest.mark.parametrize("doses", ["x", "9_0", "0_-1", "0_9", "0_nan", "<script>", "0_0x" * 999])
def test_doses_that_make_no_sense_are_left_out(doses):
    assert doses_in(doses, 3) == {}


def test_doses_come_back():
    assert doses_in(doses_text({3: 0.5, 1: 2.0}), 4) == {3: 0.5, 1: 2.0}
    assert doses_text({}) is None


# ----------------------------------------------------------------------------------------------- a photo of one's own


def picture(colour: str = "red", *, marked: bool = False, seed: int = 99) -> bytes:
    buffer = io.BytesIO()
    draw(colour, marked=marked, rng=np.random.default_rng(seed)).save(buffer, "PNG")
    return buffer.getvalue()


def test_a_photo_of_the_report_is_its_own_nearest(report, split, made):
    for i in (0, 7, 12):
        row = report.data.images[i]
        found = explain_photo(report, split, Image.open(made / "photos" / row.name).convert("RGB"))
        assert found.nearest[0] == i
        assert found.distances[0] < 0.05
        assert not found.is_unlike_all
        np.testing.assert_allclose(found.phi, report.array("phi")[i], atol=0.02)


def test_a_new_marked_photo_follows_the_marked_and_another_is_unlike_all(report, split):
    marked = {report.data.images[i].strategy for i in range(8)}
    found = explain_photo(report, split, Image.open(io.BytesIO(picture(marked=True))))
    assert found.strategy in marked | {None}
    blank = explain_photo(report, split, Image.new("RGB", (32, 32), (0, 0, 255)))
    assert blank.is_unlike_all
    assert blank.strategy is None


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_neighbours_do_not_depend_on_units(seed):
    rng = np.random.default_rng(seed)
    phi, one, units = rng.normal(size=(40, 5)), rng.normal(size=5), rng.uniform(0.1, 9, 5)
    rows, distances, usual = neighbours(phi, one)
    again = neighbours(phi * units, one * units)
    assert rows == again[0]
    np.testing.assert_allclose([*distances, usual], [*again[1], again[2]], rtol=1e-9)
    spread = phi.std(axis=0)
    slow = np.linalg.norm((phi - one) / spread, axis=1)
    assert rows[0] == slow.argmin()
    np.testing.assert_allclose(distances[0], slow.min())


@pytest.mark.parametrize("photo", [("mine <b>.png", picture(), "image/png"), ("IMG_1.HEIC", heic.PLAIN, "image/heic")])
def test_a_dropped_photo_is_looked_at(workspace, report, photo):
    app = open_page("report", id="red", tab="whatif")
    app.file_uploader(key="own_photo").set_value(photo).run()
    assert set(app.file_uploader(key="own_photo").allowed_type) == set(PICTURE_TYPES)
    page = shown(app)
    assert "The model says" in page
    assert "The photos of this report that are most like it" in page
    assert "what the model sees" in page


def test_what_is_no_picture_is_one_line(workspace):
    app = open_page("report", id="red", tab="whatif")
    app.file_uploader(key="own_photo").set_value(("<script>.png", b"no picture", "image/png")).run()
    (line,) = [warning.value for warning in app.warning]
    assert "no picture" in line or "not a picture" in line or "cannot" in line
    assert "<script>" not in texts(app)
    assert torch.is_grad_enabled()
