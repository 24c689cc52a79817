"""An ensemble explained from the page: the job, what it writes, who may start it, and what the page shows of it."""

import json

import pytest

from concepts import service
from concepts.access import NotAllowed, Person, Role
from concepts.engine import jobs
from concepts.engine.ensembles import Views
from concepts.engine.jobs.job import JobRequest
from concepts.engine.upload_deletion import delete_upload
from concepts.engine.uploaded_files import UploadedFile
from concepts.evaluation.ensembles.stored import read_ensembles
from concepts.report.request import Request
from concepts.service import Workplace
from pages.compare.ensemble_start import WAYS, views_of
from pages.state.server_settings import ServerSettings
from tests.support.inline import Inline
from tests.support.screen import open_page, said, shown, without_demo
from tests.support.tiny_encoders import bert_folder
from tests.test_job_queue import Unfinished

pytest.importorskip("transformers")

ANN, VERA = Person("ann", Role.ANALYST), Person("vera", Role.READER)
TITLES = {"pos": ["a good film", "the good cat", "good and new"], "neg": ["a bad film", "the bad cat", "bad and old"]}


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A tiny encoder, and a labelled table with two columns of texts."""
    place = tmp_path_factory.mktemp("place")
    bert_folder(place / "bert")
    rows = [
        {"title": f"{text} {i}", "body": f"{text} and {i} more", "label": label}
        for label, texts in TITLES.items() for text in texts for i in range(5)
    ]  # fmt: skip
    (place / "texts").mkdir()
    (place / "texts" / "reviews.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return place


def asked(place, **changes) -> Request:
    given = {"text_column": "title", "label_column": "label", "target": "pos"} | changes
    return Request(model="", texts=str(place / "texts" / "reviews.jsonl"), **given)


def views(place) -> Views:
    return Views((f"head:{place / 'bert'}",), ("title", "body"))


def test_the_job_writes_what_the_page_reads(place, tmp_path):
    job = jobs.submit(asked(place), tmp_path, task="ensemble", views=views(place), executor=Inline())
    assert (job.state.status, job.state.message) == ("done", "")
    (stored,) = read_ensembles([tmp_path / "ensembles"]).found
    assert stored.id == job.state.result
    assert stored.id.startswith("pos-reviews-")
    found = stored.explanation
    assert [view.name for view in found.views] == ["title", "body"]
    assert (found.n_texts, found.target, found.fitted) == (30, "pos", True)
    assert found.gap < 1e-9
    assert job.views == views(place)


def test_other_views_of_the_same_texts_are_another_job(place, tmp_path):
    ids = {
        jobs.submit(asked(place), tmp_path, task="ensemble", views=each, executor=Unfinished()).id
        for each in (views(place), Views(("a", "b")), Views(("a", "b"), (), "product"))
    }
    assert len(ids) == 3
    assert JobRequest("report", asked(place)).id == f"report-{asked(place).key}"


@pytest.mark.parametrize(
    ("chosen", "target", "message"),
    [
        (("title", "nope"), "pos", "no column 'nope'"),
        (("title",), "pos", "expected 2 to 10"),
        (("title", "body"), "other", "other"),
    ],
)
def test_wrong_input_ends_it_with_one_line(place, tmp_path, chosen, target, message):
    given = Views(views(place).models, chosen)
    job = jobs.submit(asked(place, target=target), tmp_path, task="ensemble", views=given, executor=Inline())
    assert job.state.status == "failed"
    assert message in job.state.message
    assert "\n" not in job.state.message
    assert not (tmp_path / "ensembles").exists()


def test_code_of_any_view_needs_the_operator(place, tmp_path):
    workplace = Workplace(tmp_path.resolve(), executor=Unfinished(), models=(f"head:{place / 'bert'}",))
    with pytest.raises(NotAllowed):
        service.submit(workplace, VERA, asked(place), task="ensemble", views=views(place))
    mixed = Views((*views(place).models, "/models/mine.py:build"))
    with pytest.raises(NotAllowed, match="code"):
        service.submit(workplace, ANN, asked(place), task="ensemble", views=mixed)
    assert service.submit(workplace, ANN, asked(place), task="ensemble", views=views(place)).owner == "ann"


def test_an_uploaded_model_stays_while_a_view_needs_it(place, tmp_path):
    upload = UploadedFile(tmp_path.resolve(), "models", "ab" * 12, "bert")
    upload.place.mkdir(parents=True)
    model = f"head:{upload.place / 'bert'}"
    jobs.submit(asked(place), tmp_path.resolve(), task="ensemble", views=Views((model,)), executor=Unfinished())
    with pytest.raises(ValueError, match="using these"):
        delete_upload(upload, Unfinished())
    assert upload.place.is_dir()


def test_every_model_reads_every_column():
    assert views_of(("a", "b"), (), "mean") == Views(("a", "b"))
    assert views_of(("a",), ("x", "y"), "product") == Views(("a", "a"), ("x", "y"), "product")
    assert views_of(("a", "b"), ("x", "y"), "mean") == Views(("a", "a", "b", "b"), ("x", "y", "x", "y"))


def test_the_page_offers_each_combination_there_is():
    from concepts.evaluation.ensembles.combining import COMBINATIONS

    assert list(WAYS) == list(COMBINATIONS)


def test_the_page_starts_one_and_shows_the_result(place, tmp_path, monkeypatch):
    without_demo(monkeypatch, tmp_path)
    monkeypatch.setenv("CONCEPTS_TEXTS", str(place / "texts"))
    monkeypatch.setenv("CONCEPTS_MODELS", f"head:{place / 'bert'}")
    monkeypatch.setattr(ServerSettings, "executor", property(lambda self: Inline()))
    app = open_page("compare", show="ensembles")
    app.selectbox(key="text_column").set_value("title").run()
    app.selectbox(key="label_column").set_value("label").run()
    assert app.button(key="ensemble_start").disabled
    app.multiselect(key="ensemble_models").set_value([f"head:{place / 'bert'}"]).run()
    assert app.multiselect(key="ensemble_columns").options == ["title", "body"]
    app.multiselect(key="ensemble_columns").set_value(["title", "body"]).run()
    app.selectbox(key="ensemble_class").set_value("pos").run()
    app.button(key="ensemble_start").click().run()
    assert not app.exception
    assert "mean of 2 views" in shown(app)
    assert "No explained ensemble yet" not in said(app)
    (job,) = jobs.list_jobs(tmp_path, task="ensemble", executor=Inline())
    assert app.query_params["ensemble"] == job.state.result
    assert job.views == Views((f"head:{place / 'bert'}",) * 2, ("title", "body"))
