"""A comparison of poolings started from the page: the job, what it writes, and what the page shows of it."""

import json

import pytest

from concepts.engine import jobs
from concepts.engine.jobs import worker
from concepts.evaluation.pooling.stored import read_poolings
from concepts.report.request import Request
from concepts.report.settings import ReportSettings
from pages.analysis.texts import TextChoice
from pages.compare.pooling_start import request_of
from pages.state.server_settings import ServerSettings
from tests.support.inline import Inline
from tests.support.made_up_poolings import made_up_pooling
from tests.support.screen import open_page, shown, without_demo
from tests.support.tiny_encoders import bert_folder

pytest.importorskip("transformers")


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A tiny encoder, and a table of labelled texts that some operator named."""
    place = tmp_path_factory.mktemp("place")
    bert_folder(place / "bert")
    words = {
        "pos": ["a good film", "the good cat", "good and new"],
        "neg": ["a bad film", "the bad cat", "bad and old"],
    }
    rows = [
        {"text": f"{text} {i}", "label": label} for label, texts in words.items() for text in texts for i in range(6)
    ]
    (place / "texts").mkdir()
    (place / "texts" / "reviews.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return place


def asked(place) -> Request:
    return Request(
        model=str(place / "bert"), texts=str(place / "texts" / "reviews.jsonl"), settings=ReportSettings(n_concepts=2)
    )


def test_the_job_writes_what_the_page_reads(place, tmp_path, monkeypatch):
    seen = []
    monkeypatch.setattr(worker, "EVERY", 0.0)
    note = worker.Worker.note
    monkeypatch.setattr(worker.Worker, "note", lambda self, state: (seen.append(state.done), note(self, state)))
    job = jobs.submit(asked(place), tmp_path, task="pooling", executor=Inline())
    assert (job.state.status, job.state.message) == ("done", "")
    (stored,) = read_poolings([tmp_path / "poolings"]).found
    assert stored.id == job.state.result == f"bert-reviews-{asked(place).key[:8]}"
    assert (stored.comparison.n_texts, stored.comparison.n_concepts) == (36, 2)
    assert seen == sorted(seen)
    assert any(0.1 < done < 1 for done in seen)


def test_texts_without_labels_end_it_with_one_line(place, tmp_path):
    (tmp_path / "plain.txt").write_text("one\ntwo\nthree\n", encoding="utf-8")
    request = Request(model=str(place / "bert"), texts=str(tmp_path / "plain.txt"))
    job = jobs.submit(request, tmp_path / "work", task="pooling", executor=Inline())
    assert job.state.status == "failed"
    assert "label" in job.state.message or "class" in job.state.message
    assert not (tmp_path / "work" / "poolings").exists()


def test_the_request_holds_what_was_chosen(tmp_path):
    chosen = TextChoice("t.csv", "body", "stars", "", "cp1252")
    request = request_of(ServerSettings(tmp_path, device="cuda"), "hf:a/b", chosen, 7)
    assert (request.model, request.texts, request.text_column, request.label_column) == (
        "hf:a/b",
        "t.csv",
        "body",
        "stars",
    )
    assert (request.encoding, request.device, request.settings.n_concepts) == ("cp1252", "cuda", 7)


def test_the_page_starts_one_and_shows_the_result(place, tmp_path, monkeypatch):
    without_demo(monkeypatch, tmp_path)
    monkeypatch.setenv("CONCEPTS_TEXTS", str(place / "texts"))
    monkeypatch.setenv("CONCEPTS_MODELS", str(place / "bert"))
    monkeypatch.setattr(ServerSettings, "executor", property(lambda self: Inline()))
    app = open_page("compare", show="pooling")
    encoder = next(box for box in app.selectbox if box.label == "Encoder")
    encoder.set_value(str(place / "bert")).run()
    app.number_input(key="pooling_concepts").set_value(2).run()
    app.button(key="pooling_start").click().run()
    assert not app.exception
    assert "36 texts of 2 classes" in shown(app)
    assert [each.job.state.status for each in jobs.read_jobs(tmp_path, task="pooling", executor=Inline()).found] == [
        "done"
    ]


def test_a_failed_one_says_why_and_can_be_removed(place, tmp_path, monkeypatch):
    without_demo(monkeypatch, tmp_path)
    monkeypatch.setattr(ServerSettings, "executor", property(lambda self: Inline()))
    request = Request(model=str(place / "nothing"), texts=str(place / "texts" / "reviews.jsonl"))
    job = jobs.submit(request, tmp_path, task="pooling", executor=Inline())
    app = open_page("compare", show="pooling")
    assert any("nothing · texts" in each.value and "failed" in each.value for each in app.markdown)
    assert not any(str(place) in each.value for each in (*app.markdown, *app.caption))
    app.button(key=f"remove-{job.id}").click().run()
    assert not job.folder.exists()


class Later:
    """An executor whose jobs wait until a test runs them."""

    def start(self, job):
        """Leaves the job waiting."""

    def stop(self, job):
        """Does nothing."""

    def lost(self, job, state):
        return False


def test_the_page_follows_a_job_to_its_result(place, tmp_path, monkeypatch):
    without_demo(monkeypatch, tmp_path)
    monkeypatch.setattr(ServerSettings, "executor", property(lambda self: Later()))
    made_up_pooling(tmp_path / "poolings" / "before")
    job = jobs.submit(asked(place), tmp_path, task="pooling", executor=Later())
    app = open_page("compare", show="pooling", measure="relative ℓ2")
    assert app.query_params["pooling"] == "before"
    assert any("waiting" in each.value for each in app.markdown)
    worker.Worker(job).run()
    app.run()
    assert app.query_params["pooling"] == job.state.result
    assert "36 texts of 2 classes" in shown(app)
    assert not any("waiting" in each.value for each in app.markdown)
