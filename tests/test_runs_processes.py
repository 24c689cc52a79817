"""Runs in processes of this machine: one that dies costs its task, three deaths name the class; orders that fail."""

import errno
import os
import signal
import subprocess
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

import pytest

from concepts.engine.executors import task_processes
from concepts.engine.executors.in_process import InProcess
from concepts.engine.executors.task_processes import TaskProcesses
from concepts.engine.tasks.task import Ended, Task
from concepts.publishing.site.writing import begin_site
from concepts.report.stored import ReplacedReportError
from concepts.runs import class_report, finish, planning, seen, work
from concepts.runs.attempts import MOST, Attempts
from concepts.runs.bench import Bench
from concepts.runs.class_report import stands
from concepts.runs.conduct import Conductor
from concepts.runs.run import FILE, SITE, RunFolder
from concepts.runs.site_part import site_parts
from concepts.runs.whole import make_reports
from concepts.runs.work import Order, Outcome, perform
from tests.support.cluster import wait_until
from tests.support.runs import comparable, run_all, tiny_request
from tests.support.tiny import DEADLY, write_photos


@pytest.fixture(autouse=True)
def no_atlas(monkeypatch):
    monkeypatch.setattr(finish, "lay_out", lambda folder: None)


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    return write_photos(tmp_path_factory.mktemp("photos") / "photos", n=12)


def request_of(photos, **more):
    request = tiny_request(photos, **more)
    return replace(request, settings=replace(request.settings, evidence="off"))


def test_where_no_process_can_be_started_a_line_says_so_after_some_tries(tmp_path, monkeypatch):
    tries = []

    def refused(*words, **more):
        tries.append(words)
        raise OSError(errno.ENOMEM, "Cannot allocate memory")

    monkeypatch.setattr(subprocess, "Popen", refused)
    monkeypatch.setattr(task_processes, "PAUSES", (0.0, 0.0))
    executor = TaskProcesses(2, log=tmp_path / "log.txt")
    executor.submit(Task("a", "concepts.x:y", ""))
    with pytest.raises(ValueError, match=r"^no process can be started \(unexpected OSError: .*Cannot allocate") as said:
        executor.next(20)
    assert "\n" not in str(said.value)
    assert (len(tries), executor.slots) == (6, 0), "three of each"
    executor.close()


def test_where_one_of_two_cannot_be_started_the_other_does_all(tmp_path, monkeypatch):
    start, begun = subprocess.Popen, threading.Lock()

    def only_one(*words, **more):
        if not begun.acquire(blocking=False):
            raise OSError(errno.ENOMEM, "Cannot allocate memory")
        return start(*words, **more)

    monkeypatch.setattr(subprocess, "Popen", only_one)
    monkeypatch.setattr(task_processes, "PAUSES", ())
    executor = TaskProcesses(2, log=tmp_path / "log.txt")
    for key in "abcd":
        executor.submit(Task(key, "concepts.storage.store:slug", key))
    assert {executor.next(60) for _ in range(4)} == {Ended(key, key) for key in "abcd"}
    assert executor.slots == 1
    executor.close()


def test_a_process_that_can_be_started_after_a_while_does_its_task(tmp_path, monkeypatch):
    start, left = subprocess.Popen, [1, 2]

    def later(*words, **more):
        if left:
            raise OSError(errno.EAGAIN, f"try again {left.pop()}")
        return start(*words, **more)

    monkeypatch.setattr(subprocess, "Popen", later)
    monkeypatch.setattr(task_processes, "PAUSES", (0.0, 0.0))
    executor = TaskProcesses(1, log=tmp_path / "log.txt")
    executor.submit(Task("a", "concepts.storage.store:slug", "A b"))
    assert executor.next(60) == Ended("a", "a-b")
    executor.close()


@pytest.mark.slow
def test_a_process_that_is_killed_costs_its_task_and_the_reports_are_those_of_one_process(
    photos, tmp_path, monkeypatch
):
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    (tmp_path / "targets").write_text("red")
    out, executor, targets = tmp_path / "out", TaskProcesses(1, log=tmp_path / "log.txt"), str(tmp_path / "targets")

    def kill_one():
        wait_until(lambda: list(out.glob("work/attempts-*/*")))
        os.kill(executor.pids()[0], signal.SIGKILL)

    killer = threading.Thread(target=kill_one)
    killer.start()
    run = run_all(request_of(photos), out, targets=targets, executor=executor)
    killer.join()
    assert (run.n_done, run.failures) == (1, ())
    wait_until(lambda: not executor.pids())
    alone = run_all(request_of(photos), tmp_path / "alone" / "out", targets=targets)
    assert comparable(run.folder / "reports" / "red-0") == comparable(alone.folder / "reports" / "red-0")


@pytest.mark.slow
def test_three_deaths_name_the_class_and_the_run_ends(photos, tmp_path, monkeypatch):
    (tmp_path / "targets").write_text("red")

    def executor(log):
        monkeypatch.setenv("TINY_DEADLY", "1")  # from now on: the command itself has opened the model
        return TaskProcesses(1, log=log)

    run = make_reports(
        request_of(photos, model=DEADLY), str(tmp_path / "targets"), tmp_path / "out", store=tmp_path / "store",
        executor=executor,
    )  # fmt: skip
    assert [each.label for each in run.failures] == ["red"]
    assert "its worker died 3 times as it began" in run.failures[0].line


def leave(attempts, stage=None):
    """An attempt that never ends."""
    attempt = attempts.one()
    note = attempt.__enter__()
    if stage:
        note(stage)
    return attempt


def test_deaths_count_within_a_stage_of_a_task_and_a_session(tmp_path):
    attempts = Attempts(tmp_path, "s", "class-1-0")
    kept = [leave(attempts, "concepts") for _ in range(MOST - 1)] + [leave(attempts, "class order")]
    for _ in range(MOST + 1):
        with attempts.one():
            pass  # an attempt that ended leaves nothing
    kept += [leave(Attempts(tmp_path, "s", "class-11-0"), "concepts") for _ in range(MOST)]
    kept.append(leave(attempts, "concepts"))
    with pytest.raises(ValueError, match="died 3 times at the stage “concepts”"), attempts.one():
        pass
    with Attempts(tmp_path, "another", "class-1-0").one():
        pass
    assert len(kept) == 7


@pytest.fixture
def order(photos, tmp_path):
    folder = planning.Planned(request_of(photos), "all", tmp_path / "out", tmp_path / "store")
    run = folder.add_classes(folder.labels)
    return Order(str(tmp_path / "out"), run.key, "s", "class", each=run.classes[0])


def outcome(order):
    return Outcome.from_json(perform(order.to_json()))


def test_two_workers_on_one_task_are_harmless(order, monkeypatch):
    monkeypatch.setattr(work, "_ONE_AT_A_TIME", nullcontext())  # as in two processes
    with ThreadPoolExecutor(2) as threads:
        ends = list(threads.map(outcome, [order, order]))
    assert ends == [Outcome("done")] * 2
    folder = RunFolder(Path(order.folder))
    assert stands(folder, order.each)
    assert not folder.store_of(order.each).exists()


def test_a_worker_that_begins_again_on_a_report_that_stands_makes_its_part_of_the_site_alone(order, monkeypatch):
    folder, made = RunFolder(Path(order.folder)), []

    def dies(folder, each):
        raise RuntimeError("killed")

    with monkeypatch.context() as patch:
        patch.setattr(work, "write_site_part", dies)
        assert outcome(order).status == "failed"
    assert stands(folder, order.each)
    assert not site_parts(folder, [order.each])
    monkeypatch.setattr(class_report, "_make_until_stages_stay", lambda *given: made.append(given))
    assert outcome(order) == Outcome("done")
    assert not made
    assert not site_parts(folder, [order.each]), "the command has begun no site"
    begin_site(folder.path / SITE)
    assert outcome(order) == Outcome("done")
    assert site_parts(folder, [order.each])


def test_a_worker_whose_stages_another_has_removed_has_done_its_task(order, monkeypatch):
    def too_late(bench, each, progress):
        monkeypatch.undo()
        class_report.make_report(bench, each, progress)  # the other worker
        raise FileNotFoundError("activations.bin")

    monkeypatch.setattr(class_report, "_make", too_late)
    assert outcome(order) == Outcome("done")


@pytest.mark.parametrize("times", [class_report.PRUNED, class_report.PRUNED + 1])
def test_a_report_whose_stages_were_pruned_begins_again_some_times(order, times, monkeypatch):
    left, make = [None] * times, class_report._make

    def pruned(bench, each, progress):
        if left:
            left.pop()
            raise FileNotFoundError("activations.bin")
        make(bench, each, progress)

    monkeypatch.setattr(class_report, "_make", pruned)
    assert outcome(order).status == ("done" if times == class_report.PRUNED else "failed")
    assert not left


def test_marks_that_another_command_removes_are_missed_by_nobody(tmp_path, monkeypatch):
    monkeypatch.setattr(Path, "mkdir", lambda *arguments, **options: None)  # and at once it is gone
    with Attempts(tmp_path, "s", "class-1-0").one() as stage:
        stage("concepts")


def test_a_command_that_begins_takes_no_classes_from_one_that_runs(order, photos, tmp_path):
    planning.Planned(request_of(photos), "all", tmp_path / "out", tmp_path / "store")
    assert order.each in RunFolder(tmp_path / "out").run.classes


def test_the_site_is_built_again_where_another_command_has_made_a_report_again(order, monkeypatch):
    ends = [ReplacedReportError("the report was replaced"), "site"]

    def build(*places, ahead, progress):
        end = ends.pop(0)
        if end != "site":
            raise end
        return end

    monkeypatch.setattr(finish, "build_site", build)
    assert finish.finish(RunFolder(Path(order.folder))) == "site"


def test_a_worker_that_does_not_see_the_run_or_has_other_versions_stops_it(order, tmp_path):
    gone = outcome(replace(order, folder=str(tmp_path / "elsewhere")))
    assert gone.status == "stop"
    assert "must lie under the same path on every machine" in gone.line
    assert outcome(replace(order, key="other")).status == "stop"
    folder = RunFolder(tmp_path / "out")
    folder.write(replace(folder.run, versions=folder.run.versions | {"torch": "0.1"}))
    other = outcome(order)
    assert other.status == "stop"
    assert "the command has 0.1: install the same on both" in other.line
    (tmp_path / "out" / FILE).write_text("{")
    assert outcome(order).status == "failed"


@pytest.mark.parametrize("part", ["items", "split"])
def test_a_worker_that_cannot_open_photos_or_model_stops_the_run_and_fails_no_class(order, part, monkeypatch):
    def broken(bench):
        raise RuntimeError("CUDA driver\ninitialization failed")

    monkeypatch.setattr(Bench, part, property(broken))
    found = outcome(order)
    assert found.status == "stop"
    assert (
        f"(process {os.getpid()}) cannot open photos and model (unexpected RuntimeError: CUDA driver init" in found.line
    )
    assert not stands(RunFolder(Path(order.folder)), order.each)


def test_a_worker_without_a_library_stops_the_run(order):
    class Unfit(InProcess):
        def submit(self, task):
            super().submit(replace(task, work="concepts.runs.nowhere:perform"))

    folder = RunFolder(Path(order.folder))
    with pytest.raises(ValueError, match=r"a worker cannot do what the run asks .*No module named 'concepts\.runs\.no"):
        Conductor(folder, Unfit(), lambda table: None).reports([0, 1])
    assert not list(folder.path.glob("work/failed-*"))


def test_what_another_machine_has_written_is_waited_for(tmp_path, monkeypatch):
    monkeypatch.setattr(seen, "EVERY", 0.01)
    files, looks, exists = [tmp_path / "a", tmp_path / "b"], [], Path.exists

    def late(path):
        looks.append(path)
        return len(looks) > 6 and exists(path)

    monkeypatch.setattr(Path, "exists", late)
    for file in files:
        file.touch()
    seen.wait_until_seen(files)
    assert len(looks) == 8, "three times each, then both are there"
    monkeypatch.setattr(seen, "PATIENCE", 0.05)
    seen.wait_until_seen([tmp_path / "never"])


def test_a_full_disk_is_told_as_such_wherever_it_shows(order, monkeypatch):
    def full(*arguments, **options):
        raise OSError(errno.ENOSPC, "No space left on device", "mark")

    monkeypatch.setattr(Path, "touch", full)  # the mark of the attempt, the first thing that is written
    assert outcome(order).status == "stop"
    assert "no space left on device" in outcome(order).line


@pytest.mark.parametrize("work", ["os:getcwd", "concepts_other:x", "builtins:eval"])
def test_a_task_calls_functions_of_this_program_alone(work):
    ended = Task("key", work, "1").do()
    assert ended.result is None
    assert "is not one of this program" in ended.error


def test_an_unexpected_error_is_one_line_with_its_kind():
    assert Task("key", "concepts.runs.work:nothing", "").do() == Ended(
        "key",
        error="unexpected AttributeError: module 'concepts.runs.work' has no attribute 'nothing'",
        is_unfit=True,
    )


def test_no_worker_is_wrong_input(tmp_path):
    with pytest.raises(ValueError, match="give 1 or more"):
        TaskProcesses(0, log=tmp_path / "log")


def test_an_order_is_the_same_behind_its_text(order):
    assert Order.from_json(order.to_json()) == order
    assert Order.from_json(replace(order, kind="look", each=None).to_json()).each is None


def test_other_targets_of_the_same_run_take_nothing_from_a_command_that_runs(order, tmp_path):
    folder = RunFolder(tmp_path / "out")
    folder.write(replace(folder.run, classes=()))
    assert outcome(order) == Outcome("done")
    assert stands(folder, order.each)
