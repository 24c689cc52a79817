"""A comparison of codes started from the page: the job, what it writes, and what the page shows of it."""

from dataclasses import replace
from functools import partial

import pytest

from concepts.engine import jobs
from concepts.engine.analysis import analyse
from concepts.engine.compressions import compare_report_codes, request_again
from concepts.engine.jobs import comparisons
from concepts.evaluation.compression.stored import read_compressions
from concepts.report import ClassReport
from concepts.report.request import Request
from concepts.report.settings import ReportSettings
from pages.state.server_settings import ServerSettings
from tests.support.inline import Inline
from tests.support.made_up_report import made_up_report
from tests.support.screen import open_page, said, shown, without_demo
from tests.support.tiny import CLASSES, FACTORY, write_photos

CODES = ("float16", "int8")


@pytest.fixture(scope="module")
def report(tmp_path_factory) -> ClassReport:
    """A small report of a request, as `report` makes it."""
    place = tmp_path_factory.mktemp("place")
    request = Request(
        model=FACTORY, images=str(write_photos(place / "photos", n=12)), target="red", classes=", ".join(CLASSES),
        layer="features", settings=ReportSettings(n_concepts=3, evidence="off"),
    )  # fmt: skip
    return analyse(request, place / "store")


@pytest.fixture(autouse=True)
def _fewer_codes(monkeypatch):
    """Two codes: each makes the report once more."""
    monkeypatch.setattr(comparisons, "compare_report_codes", partial(compare_report_codes, names=CODES))
    monkeypatch.setattr(ServerSettings, "executor", property(lambda self: Inline()))


def test_the_page_starts_one_and_shows_what_the_job_wrote(report, tmp_path, monkeypatch):
    without_demo(monkeypatch, tmp_path)
    report.save(tmp_path / "reports" / "red")
    app = open_page("compare", show="compression")
    assert app.selectbox(key="compressed_report").value == "red"
    app.button(key="compression_start").click().run()
    assert not app.exception
    (job,) = jobs.list_jobs(tmp_path, task="compression", executor=Inline())
    assert (job.state.status, job.state.message) == ("done", "")
    (stored,) = read_compressions([tmp_path / "compressions"]).found
    assert stored.id == job.state.result == app.query_params["compression"]
    found = stored.comparison
    assert (found.title, found.report) == (report.data.title, report.data.title)
    assert [row.code for row in found.rows] == list(CODES)
    assert found.rows[0].report is not None
    assert found.rows[0].report.agreement == 1  # the tokens are float16 already
    assert "No comparison of codes yet" not in shown(app)


def test_it_asks_for_the_report_as_it_was_made(report):
    again = request_again(report.data)
    assert (again.layer, again.settings) == (report.data.layer.path, report.data.settings)
    assert replace(again, layer="features", settings=report.data.request.settings) == report.data.request


def test_a_report_without_a_request_is_told_in_one_line(tmp_path, monkeypatch):
    without_demo(monkeypatch, tmp_path)
    made_up_report().save(tmp_path / "reports" / "one")
    app = open_page("compare", show="compression")
    app.button(key="compression_start").click().run()
    assert "was built by code" in said(app)
    assert jobs.list_jobs(tmp_path, task="compression", executor=Inline()) == []


def test_photos_that_are_gone_end_it_with_one_line(report, tmp_path):
    request = replace(request_again(report.data), images=str(tmp_path / "gone"))
    job = jobs.submit(request, tmp_path, task="compression", executor=Inline())
    assert job.state.status == "failed"
    assert "gone" in job.state.message
    assert "\n" not in job.state.message
    assert not (tmp_path / "compressions").exists()
