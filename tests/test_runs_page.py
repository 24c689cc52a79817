"""The page Runs, and the start of a run on New analysis: through the entry, as a visitor meets them."""

import io
import os
import shutil
import time
import zipfile
from collections import namedtuple

import pytest

from concepts.engine import jobs
from concepts.engine.executors.in_process import InProcess
from concepts.engine.jobs import ManyClasses
from concepts.engine.jobs.line import Line
from concepts.report import list_cards
from concepts.runs import finish, job
from concepts.runs.failures import Failure
from concepts.runs.on_disk import folder_of
from concepts.runs.run import RunFolder
from concepts.runs.table import Table, write_table
from pages.runs import results, run_list, workspace_run
from pages.state.server_settings import ServerSettings
from tests.support.asked_page import HOSTILE
from tests.support.inline import Inline
from tests.support.screen import open_page, said, shown
from tests.support.tiny import FACTORY, write_photos
from tests.test_line import entered

pytestmark = pytest.mark.slow
Usage = namedtuple("Usage", "total used free")


class Waiting(Inline):
    """Jobs wait for ever, as if all slots were taken."""

    def start(self, job):
        pass


@pytest.fixture
def workspace(tmp_path, monkeypatch):
    write_photos(tmp_path / "photos", n=8)
    monkeypatch.setenv("CONCEPTS_WORKSPACE", str(tmp_path / "workspace"))
    monkeypatch.setenv("CONCEPTS_PHOTOS", str(tmp_path / "photos"))
    monkeypatch.setenv("CONCEPTS_MODELS", FACTORY)
    monkeypatch.setattr(finish, "lay_out", lambda folder: None)
    monkeypatch.setattr(job, "TaskProcesses", lambda n, *, log, apart: InProcess())
    monkeypatch.setattr(ServerSettings, "executor", Inline())
    return tmp_path / "workspace"


def asked(scope, **more):
    """New analysis at its last step, after the look, with a choice of classes."""
    page = open_page("analysis", step=3, concepts=3, evidence="false")
    page.button(key="look").click().run()
    page.segmented_control(key="scope").set_value(scope).run()
    for key, value in more.items():
        (page.multiselect if key == "classes" else page.text_area)(key=key).set_value(value).run()
    assert not page.exception
    return page


def started(page):
    """The page after the start of a run."""
    page.button(key="start").click().run()
    assert not page.exception, page.exception
    return page


def pressed(page, label):
    next(button for button in page.button if button.label == label).click().run()
    assert not page.exception, page.exception
    return page


def written(page):
    return shown(page) + " ".join(element.value for kind in (page.markdown, page.caption) for element in kind)


def test_all_classes_become_reports_and_the_page_lists_them(workspace):
    page = asked("all")
    assert {metric.label: metric.value for metric in page.metric}["classes"] == "2"
    assert any("while it runs" in text.value for text in page.markdown)
    started(page)
    page = open_page("runs")
    assert "**All classes**" in written(page)
    assert "✔ done" in written(page)
    assert "ended" in written(page)
    assert {card.target for card in list_cards([workspace / "reports"])} == {"red", "green"}
    assert any(button.label.startswith("Site of its reports") for button in page.get("download_button"))
    assert [link.proto.label for link in page.get("page_link")][:2] in (["red", "green"], ["green", "red"])
    assert "Runs over many classes" in [link.proto.label for link in open_page("analysis").get("page_link")]
    pressed(page, "Remove")
    assert "None yet" in shown(page)
    assert len(list_cards([workspace / "reports"])) == 2


def test_on_all_photos_the_classes_share_a_dictionary(workspace):
    page = asked("all")
    alone = through_the_model(page)
    page.selectbox(key="which_photos").set_value("all").run()
    assert not page.exception
    assert "Each report is on all 16 photos" in shown(page)
    assert through_the_model(page) == alone == "about 48"  # sixteen, on which the names are tried for each class
    started(page)
    (run,) = jobs.list_jobs(workspace, task="reports", executor=Inline())
    assert run.state.status == "done", run.state.message
    assert [card.n_images for card in list_cards([workspace / "reports"])] == [16, 16]


def through_the_model(page):
    return {metric.label: metric.value for metric in page.metric}["photos through the model"]


def test_an_uploaded_zip_without_folders_goes_to_classes_by_the_answers(workspace):
    flat = io.BytesIO()
    with zipfile.ZipFile(flat, "w") as packed:
        for file in (workspace.parent / "photos").rglob("*.png"):
            packed.write(file, f"{file.parent.name} {file.name}")
    page = open_page("analysis", step=3, concepts=3, evidence="false", photos="an upload")
    page.file_uploader(key="upload").set_value(("flat.zip", flat.getvalue(), "application/zip")).run()
    page.button(key="look").click().run()
    page.segmented_control(key="scope").set_value("all").run()
    assert "a first pass over all photos asks the model" in shown(page)
    assert {metric.label: metric.value for metric in page.metric}["classes"] == "at most 3"
    started(page)
    assert "✔ done" in written(open_page("runs"))
    (run,) = jobs.list_jobs(workspace, task="reports", executor=Inline())
    assert folder_of(run).run.answered
    assert sorted(card.n_images for card in list_cards([workspace / "reports"])) == [8, 8]
    outside = {path.name for path in workspace.parent.iterdir()}
    assert outside == {"photos", "workspace"}


def test_a_class_that_failed_is_named_with_its_line_and_tried_again(workspace):
    page = started(asked("some", classes=["red"], by_number="2"))
    page = open_page("runs")
    assert "**2 classes**" in written(page)
    assert "1 class without a report" in written(page)
    assert "no photo lies in a folder called" in shown(page)
    assert str(workspace.parent) not in written(page)
    assert "--" not in shown(page)
    (run,) = jobs.list_jobs(workspace, task="reports", executor=Inline())
    (failed,) = (folder_of(run).path / "work").glob("failed-*")
    before = failed.stat().st_mtime_ns
    pressed(page, "Try failed ones again")
    assert failed.stat().st_mtime_ns > before


def test_a_run_that_was_stopped_goes_on(workspace, monkeypatch):
    monkeypatch.setattr(ServerSettings, "executor", Waiting())
    started(asked_after_look(workspace, monkeypatch))
    page = open_page("runs")
    assert "⏳ waiting" in written(page)
    assert bar_of(page) == "starting"
    (run,) = jobs.list_jobs(workspace, task="reports", executor=Waiting())
    entered(Line(workspace / "jobs", "reports"), run)  # as its worker does
    page = open_page("runs")
    assert bar_of(page) == "place 1 of 1 in the queue, begins now"
    assert "under way" in said_on(open_page("analysis"))
    pressed(page, "Stop")
    assert run.cancel_wanted
    Inline().start(run)
    page = open_page("runs")
    assert "■ stopped" in written(page)
    assert "goes on from there" in written(page)
    monkeypatch.setattr(ServerSettings, "executor", Inline())
    pressed(page, "Go on")
    assert "✔ done" in written(open_page("runs"))


def bar_of(page):
    """What stands beside the progress of the one run."""
    (bar,) = page.get("progress")
    return bar.proto.text.replace("\\", "")


def asked_after_look(workspace, monkeypatch):
    """New analysis with a look that has ended, on a server where no job begins."""
    monkeypatch.setattr(ServerSettings, "executor", Inline())
    page = asked("all")
    monkeypatch.setattr(ServerSettings, "executor", Waiting())
    return page


def said_on(page):
    return " ".join(link.proto.label for link in page.get("page_link"))


def test_a_disk_without_room_a_group_and_too_few_photos_are_told_before(workspace, monkeypatch):
    page = asked("some", by_number="0-1\n2")
    assert {metric.label: metric.value for metric in page.metric}["classes"] == "3"
    page.toggle(key="grouped").set_value(True).run()
    assert {metric.label: metric.value for metric in page.metric}["classes"] == "2"
    assert "1 class with fewer photos than 3 concepts will have no report" in said(page)
    assert not page.button(key="start").disabled
    page.text_area(key="by_number").set_value("7").run()
    assert "Class 7 is not there: the model has classes 0 to 2" in said(page)
    assert page.button(key="start").disabled
    page.text_area(key="by_number").set_value("0").run()
    monkeypatch.setattr(shutil, "disk_usage", lambda place: Usage(10, 9, 1))
    page.run()
    assert "where 0.0 MB are free: choose fewer classes" in said(page)
    assert page.button(key="start").disabled


def test_the_page_shows_the_run_of_a_command_whose_folder_is_the_workspace(workspace):
    workspace.mkdir()
    assert "None yet" in shown(open_page("runs"))
    write_table(RunFolder(workspace), Table(12, 2, 0, 1026, seconds_left=5400))
    page = shown(open_page("runs"))
    assert "None yet" not in page
    for words in ("12", "1,026", "about 1 h 30 min"):
        assert words in page
    failures = (Failure(HOSTILE, f"nothing can be written in {workspace}/reports: make room"),)
    write_table(RunFolder(workspace), Table(12, 0, 1, 0, failures=failures))
    page = shown(open_page("runs"))
    assert "ended" in page
    assert "make room" in page
    assert str(workspace) not in page  # no folder of the server
    assert HOSTILE not in page
    (workspace / "table.json").write_text("{")
    assert "The run over many classes cannot be shown" in shown(open_page("runs"))


def test_a_command_that_has_ended_before_its_classes_is_told_as_stopped(workspace):
    workspace.mkdir()
    write_table(RunFolder(workspace), Table(12, 2, 1, 26, seconds_left=5400, failures=(Failure("red", "no photo"),)))
    assert "has told nothing" not in shown(open_page("runs"))
    long_ago(workspace / "table.json", seconds=30)
    assert "about 1 h 30 min" in shown(open_page("runs"))
    long_ago(workspace / "table.json", seconds=300)
    page = shown(open_page("runs"))
    assert "has told nothing for more than a minute" in page
    assert "the same command goes on from there" in page
    assert ">stopped<" in page
    assert "about 1 h 30 min" not in page
    assert ">28<" in page  # waiting, those that were running among them
    write_table(RunFolder(workspace), Table(13, 2, 0, 25, seconds_left=5400))  # the same command
    assert "about 1 h 30 min" in shown(open_page("runs"))
    write_table(RunFolder(workspace), Table(40, 0, 0, 0))
    long_ago(workspace / "table.json", seconds=300)
    assert "has told nothing" not in shown(open_page("runs"))


def long_ago(file, *, seconds):
    os.utime(file, (time.time() - seconds,) * 2)


def test_a_table_that_vanishes_between_two_looks_is_one_line(workspace, monkeypatch):
    workspace.mkdir()
    write_table(RunFolder(workspace), Table(12, 2, 0, 1026))
    monkeypatch.setattr(workspace_run, "_has_classes_to_do", lambda server: (workspace / "table.json").unlink() or True)
    page = open_page("runs")
    assert not page.exception
    assert "cannot be shown: table.json: no such file or directory" in shown(page)


def test_a_run_that_another_visitor_removes_meanwhile_is_one_line(workspace, monkeypatch):
    started(asked("all"))
    monkeypatch.setattr(run_list, "table_of", lambda job, state: shutil.rmtree(job.folder))
    page = open_page("runs")
    assert not page.exception
    assert "The run cannot be shown: request.json: no such file or directory" in shown(page)
    assert "Site of its reports" not in [button.label for button in page.get("download_button")]


def test_what_a_site_takes_is_counted_once_for_each_end_of_its_run(workspace, monkeypatch):
    counted = []
    monkeypatch.setattr(results, "site_bytes", lambda job: counted.append(job) or 5 * 2**20)
    started(asked("all"))
    for _ in range(2):
        (button,) = [each for each in open_page("runs").get("download_button") if each.label.startswith("Site of")]
        assert button.label == "Site of its reports (zip, 5 MB)"
    assert len(counted) == 1
    (run,) = jobs.list_jobs(workspace, task="reports", executor=Inline())
    Inline().start(run)  # again
    open_page("runs")
    assert len(counted) == 2


def test_a_damaged_run_takes_nothing_from_the_others(workspace, tmp_path):
    started(asked("all"))
    (run,) = jobs.list_jobs(workspace, task="reports", executor=Inline())
    shutil.copytree(run.folder, run.folder.with_name("reports-damaged"))
    (run.folder.with_name("reports-damaged") / "run" / "table.json").write_text("{")
    shutil.copytree(run.folder, run.folder.with_name("reports-broken"))
    (run.folder.with_name("reports-broken") / "request.json").write_text("{")
    page = open_page("runs")
    assert "The run cannot be shown" in shown(page)
    assert "1 folder holds no run that can be read" in written(page) + said(page)
    assert "✔ done" in written(page)


def test_other_classes_of_the_same_run_wait_until_it_ends(workspace, monkeypatch):
    page = asked_after_look(workspace, monkeypatch)
    request = jobs.list_jobs(workspace, task="inspect", executor=Inline())[0].request
    assert request.images
    started(page)
    page = open_page("analysis", step=3, concepts=3, evidence="false", scope="All classes")
    assert any("is under way, over all classes" in each.value for each in page.info)
    assert page.button(key="start").disabled
    assert ManyClasses(()) == jobs.list_jobs(workspace, task="reports", executor=Waiting())[0].many
