"""A run over many classes as a job of a workspace: its reports among the others; stopped, gone on with, begun anew."""

import shutil
import subprocess
import threading
import zipfile
from contextlib import closing
from dataclasses import replace

import pytest

from concepts.annotations import NoteStore
from concepts.backup import restore_backup, write_backup
from concepts.data.others import WithOthers
from concepts.engine import jobs
from concepts.engine.analysis import open_request_items
from concepts.engine.beside_results import LISTS
from concepts.engine.executors.in_process import InProcess
from concepts.engine.executors.task_processes import TaskProcesses
from concepts.engine.jobs import ManyClasses
from concepts.engine.result_owners import OwnedResult
from concepts.engine.tasks.task import Task
from concepts.engine.upload_owners import owners_of
from concepts.report import ClassReport, list_cards
from concepts.report.request import report_id
from concepts.runs import conduct, finish, job, on_disk
from concepts.runs.failures import Failure
from concepts.runs.on_disk import folder_of, newest_reports, site_bytes, site_files, site_zip, table_of
from concepts.runs.table import Table
from tests.support.inline import Inline
from tests.support.runs import comparable, single_report, tiny_request
from tests.support.tiny import write_photos


@pytest.fixture(autouse=True)
def here(monkeypatch):
    """Tasks run in this process, and the atlas is left out."""
    monkeypatch.setattr(finish, "lay_out", lambda folder: None)
    monkeypatch.setattr(job, "TaskProcesses", lambda n, *, log, apart: InProcess())
    monkeypatch.delenv("CONCEPTS_PHOTOS", raising=False)
    monkeypatch.delenv("CONCEPTS_TEXTS", raising=False)


@pytest.fixture
def request_(tmp_path):
    found = tiny_request(write_photos(tmp_path / "photos", n=8))
    return replace(found, settings=replace(found.settings, evidence="off"))


def run(request, workspace, *targets, retry=False, owner=""):
    many = ManyClasses(targets, retry=retry)
    return jobs.submit(request, workspace, task="reports", many=many, executor=Inline(), owner=owner)


def test_the_reports_lie_among_the_others_as_those_of_single_jobs(request_, tmp_path):
    made = run(request_, tmp_path / "work", "red", "blue", "0-1", owner="ann")
    assert made.state.status == "done", made.state.message
    red = report_id(replace(request_, target="red"), "red", "features")
    group = report_id(replace(request_, target="0-1"), "red … green (2 classes)", "features")
    assert {card.id for card in list_cards([tmp_path / "work" / "reports"])} == {red, group}
    assert [owners_of(OwnedResult(tmp_path / "work" / "reports" / id)) for id in (red, group)] == [("ann",)] * 2
    alone = single_report(replace(request_, target="red"), tmp_path / "alone")
    assert comparable(tmp_path / "work" / "reports" / red) == comparable(alone)
    table = table_of(made, made.state)
    assert (table.done, table.failed, table.waiting) == (2, 1, 0)
    assert table.failures[0].text.startswith("blue: no photo lies in a folder called 'blue'")
    assert {each.id for each in newest_reports(made, 5)} == {red, group}
    assert not list((tmp_path / "work" / "store").glob("class-*"))


def test_a_report_of_a_run_has_its_owner_before_it_is_there(request_, tmp_path, monkeypatch):
    seen, save = [], ClassReport.save

    def saved(report, folder):
        seen.append((folder.exists(), owners_of(OwnedResult(folder))))
        return save(report, folder)

    monkeypatch.setattr(ClassReport, "save", saved)
    run(request_, tmp_path / "work", "red", "green", owner="ann")
    assert seen == [(False, ("ann",))] * 2


def test_the_site_is_of_the_run_alone_and_comes_as_one_file(request_, tmp_path):
    single_report(replace(request_, target="green"), tmp_path / "work" / "reports" / "other")
    made = run(request_, tmp_path / "work", "red")
    assert len([file for file in site_files(made) if file.parent.name == "classes"]) == 1
    (tmp_path / "site.zip").write_bytes(site_zip(made))
    with zipfile.ZipFile(tmp_path / "site.zip") as packed:
        assert "site/index.html" in packed.namelist()
        assert len(packed.namelist()) == len(site_files(made))
    assert site_bytes(made) == sum(file.stat().st_size for file in site_files(made)) > 0


def test_a_site_that_is_removed_while_it_is_read_is_one_line(request_, tmp_path, monkeypatch):
    made = run(request_, tmp_path / "work", "red")
    files = site_files(made)
    monkeypatch.setattr(on_disk, "site_files", lambda job: files)  # listed before
    jobs.remove(made)
    assert site_bytes(made) == 0
    with pytest.raises(ValueError, match="open the page Runs again"):
        site_zip(made)
    monkeypatch.undo()
    assert site_files(made) == []
    with pytest.raises(ValueError, match="open the page Runs again"):
        site_zip(made)


def test_what_was_stopped_goes_on_and_keeps_what_it_has(request_, tmp_path, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(conduct, "EVERY", 0.0)
        patch.setattr(job, "build_run_site", lambda folder: (folder.path.parent / "cancel").touch())  # first report
        made = run(request_, tmp_path / "work", "red", "green", "0-1")
    assert made.state.status == "cancelled"
    assert "the same run goes on from there" in made.state.message
    table = table_of(made, made.state)
    assert (table.done, table.running, table.waiting) == (2, 0, 1)
    files = [folder_of(made).report(each) / "report.json" for each in newest_reports(made, 5)]
    before = [file.stat().st_mtime_ns for file in files]
    assert run(request_, tmp_path / "work", "red", "green", "0-1") == made
    assert made.state.status == "done"
    assert table_of(made, made.state).done == 3
    assert [file.stat().st_mtime_ns for file in files] == before
    assert len(files) == 2


def test_classes_that_failed_are_tried_again_only_when_asked_and_stay_in_the_table(request_, tmp_path):
    made = run(request_, tmp_path / "work", "red", "blue")
    (failed,) = (folder_of(made).path / "work").glob("failed-*")
    before = failed.stat().st_mtime_ns
    run(request_, tmp_path / "work", "red", "blue")
    assert failed.stat().st_mtime_ns == before
    assert [each.label for each in table_of(made, made.state).failures] == ["blue"]
    run(request_, tmp_path / "work", "red", "blue", "green")
    assert (table_of(made, made.state).done, table_of(made, made.state).failed) == (2, 1)
    run(request_, tmp_path / "work", "red", "blue", retry=True)
    assert failed.stat().st_mtime_ns > before


def test_a_run_begins_anew_when_its_photos_have_changed(request_, tmp_path):
    made = run(request_, tmp_path / "work", "red")
    (tmp_path / "photos" / "red" / "000.png").unlink()
    run(request_, tmp_path / "work", "red")
    assert made.state.status == "done", made.state.message
    assert [card.n_images for card in list_cards([tmp_path / "work" / "reports"])] == [7]


def test_links_lead_to_what_the_operator_named_and_nowhere_else(request_, tmp_path, monkeypatch):
    (tmp_path / "photos" / "green").rename(tmp_path / "elsewhere")
    (tmp_path / "photos" / "green").symlink_to(tmp_path / "elsewhere")
    monkeypatch.setenv("CONCEPTS_PHOTOS", str(tmp_path / "photos"))
    made = run(request_, tmp_path / "work")
    assert [card.target for card in list_cards([tmp_path / "work" / "reports"])] == ["red"]
    assert folder_of(made).run.n_items == 8


def test_a_wrong_class_is_one_line(request_, tmp_path):
    made = run(request_, tmp_path / "work", "red", "nonsense")
    assert made.state.status == "failed"
    assert made.state.message.startswith("class 2: no class is called 'nonsense'")


def test_a_run_is_listed_by_itself_and_its_reports_outlive_it(request_, tmp_path):
    made = run(request_, tmp_path / "work", "red")
    assert made.request == request_
    assert jobs.list_jobs(tmp_path / "work", task="reports", executor=Inline()) == [made]
    assert jobs.list_jobs(tmp_path / "work", executor=Inline()) == []
    jobs.remove(made)
    assert not made.folder.exists()
    assert len(list_cards([tmp_path / "work" / "reports"])) == 1


def test_answered_photos_are_found_once_their_run_is_removed_and_after_a_restore(request_, tmp_path):
    flat, work, restored = tmp_path / "flat", tmp_path / "work", tmp_path / "restored"
    flat.mkdir()
    for file in (tmp_path / "photos").glob("*/*.png"):
        shutil.copy(file, flat / f"{file.parent.name}-{file.name}")
    made = run(replace(request_, images=str(flat)), work)
    assert made.state.status == "done", made.state.message
    jobs.remove(made)
    assert {card.target for card in list_cards([work / "reports"])} == {"red", "green"}
    with closing(NoteStore(f"sqlite:///{work / 'notes.sqlite'}")) as notes:
        write_backup(work, tmp_path / "backup.zip", notes=notes)
    restore_backup(tmp_path / "backup.zip", restored)
    lists = {file.relative_to(work): file.read_text() for file in (work / "reports" / LISTS).rglob("*.csv")}
    assert len(lists) == 2
    assert {name: (restored / name).read_text() for name in lists} == lists
    for card in list_cards([work / "reports"]):
        report = ClassReport.load(work / "reports" / card.id)
        items = open_request_items(report.data.request, work / "store")
        assert isinstance(items, WithOthers)
        assert len(items.own) == len(report.data.items) == 8


def test_the_site_follows_at_twice_as_many_reports(monkeypatch, tmp_path):
    built, told = [], []
    monkeypatch.setattr(job, "build_run_site", lambda folder: built.append(folder.path))
    progress = job._Progress(tmp_path, lambda stage, share: told.append((stage, share)))
    for done in range(9):
        progress.table(Table(done, 1, 0, 8 - done))
        progress.wait()
    assert len(built) == 4  # at 1, 2, 4 and 8
    assert told[4] == ("reports", 4 / 9)
    progress.table(Table(0, 0, 0, 9, looked=0.5))
    assert told[-1] == ("a first look at the photos (50%)", 0.0)


def test_the_site_is_built_beside_the_run_once_at_a_time_and_its_errors_end_nothing(monkeypatch, tmp_path):
    may_end, built = threading.Event(), []

    def build(folder):
        built.append(folder.path)
        may_end.wait(60)
        raise ValueError("there is no folder red-0: name a report, or a folder of reports")

    monkeypatch.setattr(job, "build_run_site", build)
    progress = job._Progress(tmp_path, lambda stage, share: None)
    for done in (1, 2, 4):
        progress.table(Table(done, 1, 0, 8 - done))
    assert len(built) == 1
    may_end.set()
    progress.table(Table(8, 0, 0, 0))
    assert not progress.build.is_alive(), "the last build follows"


@pytest.mark.parametrize("apart", [True, False])
def test_processes_of_a_job_belong_to_its_session(apart, monkeypatch, tmp_path):
    given, start = [], subprocess.Popen

    def started(words, **more):
        given.append(more["start_new_session"])
        return start(["true"], **more)

    monkeypatch.setattr(subprocess, "Popen", started)
    executor = TaskProcesses(1, log=tmp_path / "log.txt", apart=apart)
    executor.submit(Task("a", "concepts.x:y", ""))
    assert executor.next(20).error.startswith("its process died")
    executor.close()
    assert set(given) == {apart}


def test_earlier_failures_stay_in_the_table():
    table = Table(1, 0, 1, 0, failures=(Failure("b", "why"),)).after([Failure("a", "why")])
    assert (table.failed, [each.label for each in table.failures]) == (2, ["a", "b"])
