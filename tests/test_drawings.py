"""Drawings of the top concepts after a job: made in the background, never twice, never instead of the report."""

import pytest

from concepts.engine import drawings
from concepts.engine.drawings import draw_top_concepts
from concepts.engine.jobs import PROCESSES, Job
from concepts.engine.jobs.worker import Worker
from concepts.report.class_report import ClassReport
from pages.state.server_settings import ServerSettings
from tests.support.tiny import make_tiny

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return make_tiny(tmp_path_factory.mktemp("made"), "red", n=12)


@pytest.fixture
def drawn(monkeypatch):
    """The concepts that were drawn, in order; the drawing itself is tests/test_visualisation.py's."""
    found = []
    monkeypatch.setattr(drawings, "load_split", lambda request, layer: object())
    monkeypatch.setattr(drawings, "draw_concept", lambda report, split, concept, *, store: found.append(concept))
    return found


def test_the_most_important_living_concepts_are_drawn_until_they_are_no_longer_wanted(made, drawn):
    report = ClassReport.load(made / "reports" / "red")
    alive = [row.index for row in report.data.concepts if not row.dead]
    asked = (report, report.data.request, made / "store")
    assert draw_top_concepts(*asked, n=2, unwanted=lambda: False) == 2
    assert drawn == alive[:2]
    assert draw_top_concepts(*asked, n=3, unwanted=lambda: len(drawn) >= 3) == 1
    assert draw_top_concepts(*asked, n=0, unwanted=lambda: False) == 0


def test_a_model_that_cannot_be_opened_again_draws_nothing(made, monkeypatch):
    def gone(request, layer):
        raise ValueError("no such file")

    monkeypatch.setattr(drawings, "load_split", gone)
    report = ClassReport.load(made / "reports" / "red")
    assert draw_top_concepts(report, report.data.request, made / "store", n=2, unwanted=lambda: False) == 0


@pytest.mark.parametrize(("given", "n"), [("", 3), (" ", 3), ("0", 0), (" 12 ", 12)])
def test_the_operator_says_how_many(given, n):
    assert ServerSettings.of({"CONCEPTS_DRAWINGS": given}).drawings == n


@pytest.mark.parametrize("given", ["-1", "many", "2.5", "nan", "٣", "9" * 10])
def test_a_number_of_drawings_that_is_none_is_refused(given):
    with pytest.raises(ValueError, match=f"CONCEPTS_DRAWINGS is '{given}': expected a whole number of concepts, 0 for"):
        ServerSettings.of({"CONCEPTS_DRAWINGS": given})


@pytest.mark.parametrize("variable", ["CONCEPTS_DRAWINGS", "CONCEPTS_STORE_DISK"])
def test_a_job_says_so_before_its_work(variable, tmp_path, monkeypatch):
    monkeypatch.setenv(variable, "many")
    monkeypatch.setattr(Worker, "_do_task", lambda worker: pytest.fail("the job was done"))
    job = Job(tmp_path / "job", PROCESSES)
    job.folder.mkdir()
    worker = Worker(job)
    worker.run()
    assert worker.state.status == "failed"
    assert f"{variable} is 'many'" in worker.state.message
