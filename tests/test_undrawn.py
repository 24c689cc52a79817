"""Reports left to be drawn: one process draws them all, in their owners' minutes, and makes way for a new job."""

import time
from dataclasses import replace
from pathlib import Path

import pytest
from filelock import FileLock

from concepts.engine.jobs import NO_QUOTAS, Quotas, minutes, undrawn, worker
from concepts.engine.jobs.minutes import used_in_a_day
from concepts.engine.jobs.undrawn import Undrawn, draw_left, draw_report, leave_undrawn
from concepts.engine.jobs.worker import Cancelled, Worker
from concepts.report.request import Request
from tests.test_quotas import asked

REQUEST = Request(model="m", images="p", target="a")


@pytest.fixture
def jobs(tmp_path) -> Path:
    return tmp_path / "jobs"


def left(jobs: Path, *reports: str, owner: str = "", since: float = 1.8e9) -> None:
    for i, report in enumerate(reports):
        (jobs.parent / "reports" / report).mkdir(parents=True, exist_ok=True)
        leave_undrawn(jobs, Undrawn(report, REQUEST, owner, since + i))


def drawn(jobs: Path) -> list[str]:
    """The reports that a process draws now, in order."""
    found: list[str] = []
    draw_left(jobs, lambda each: found.append(each.report))
    return found


def test_whoever_comes_while_another_draws_ends_at_once_and_nothing_is_lost(jobs):
    left(jobs, "first", "second")
    with FileLock(jobs / "drawings.lock"):
        assert drawn(jobs) == []
        left(jobs, "third", since=1.9e9)
    assert drawn(jobs) == ["first", "second", "third"]
    assert drawn(jobs) == []


def test_what_comes_meanwhile_is_drawn_too_and_a_report_left_twice_once(jobs):
    found = []

    def draw(each: Undrawn) -> None:
        found.append(each.report)
        if each.report == "first":
            left(jobs, "second", "second")

    left(jobs, "first")
    draw_left(jobs, draw)
    assert found == ["first", "second"]


def test_what_comes_after_the_last_look_is_drawn_too(jobs, monkeypatch):
    """Whoever leaves it then has found the lock held, and gone."""
    late = ["late"]

    class Lock(FileLock):
        def release(self, force: bool = False) -> None:
            left(jobs, *late)
            late.clear()
            super().release(force=force)

    left(jobs, "first")
    monkeypatch.setattr(undrawn, "FileLock", Lock)
    assert drawn(jobs) == ["first", "late"]


def test_owners_take_turns(jobs):
    left(jobs, "a1", "a2", "a3", owner="ann")
    left(jobs, "b1", owner="ben", since=1.9e9)
    left(jobs, "n1", since=2e9)
    assert drawn(jobs) == ["a1", "b1", "n1", "a2", "a3"]


def test_a_report_whose_drawing_is_interrupted_is_left_again_and_one_that_ends_the_process_is_not(jobs):
    def draw(each: Undrawn) -> None:
        assert [file.name for file in (jobs / ".drawings").iterdir()] == ["second.json"], "off the list meanwhile"
        raise Cancelled

    left(jobs, "first", "second")
    with pytest.raises(Cancelled):
        draw_left(jobs, draw)
    assert drawn(jobs) == ["first", "second"]


def test_a_file_that_is_no_entry_is_passed_over(jobs):
    left(jobs, "first")
    (jobs / ".drawings" / "broken.json").write_text("{", encoding="utf-8")
    assert drawn(jobs) == ["first"]


@pytest.fixture
def top(monkeypatch):
    """The reports whose concepts were drawn, of known owners until these have no minutes left; draws nothing, takes
    0.02 s at least, and fails for the report "fails"."""
    found = []

    def draw(report, request, store, *, n, unwanted):
        time.sleep(0.02)
        begin = time.monotonic()
        while report[0] in "ab" and not unwanted() and time.monotonic() - begin < 20:
            time.sleep(0.005)
        if report == "fails":
            raise RuntimeError("out of memory on the device")
        found.append((report, n, unwanted()))

    monkeypatch.setattr(undrawn.ClassReport, "load", lambda place: place.name)
    monkeypatch.setattr(undrawn, "draw_top_concepts", draw)
    return found


def test_drawing_takes_its_owners_minutes_and_nobody_elses(tmp_path, jobs, top, monkeypatch):
    monkeypatch.setattr(minutes, "EVERY", 0.001)
    for report, owner in (("a1", "ann"), ("b1", "ben"), ("a2", "ann"), ("n1", "")):
        left(jobs, report, owner=owner)
        draw_left(jobs, lambda each: draw_report(each, tmp_path, n=3, quotas=Quotas(minutes=0.01 / 60)))
    assert top == [("a1", 3, True), ("b1", 3, True), ("n1", 3, False)], "ann had none left for the second"
    assert all(0.02 <= used_in_a_day(jobs, owner).seconds < 20 for owner in ("ann", "ben"))
    assert len(list((jobs / ".minutes").iterdir())) == 2


def test_a_report_that_is_gone_is_not_drawn(tmp_path, top):
    draw_report(Undrawn("gone", REQUEST, "ann", 1.8e9), tmp_path, n=3, quotas=NO_QUOTAS)
    assert top == []


def test_a_drawing_that_fails_leaves_the_job_done_and_the_others_drawn(tmp_path, jobs, top, monkeypatch, capsys):
    monkeypatch.setenv("CONCEPTS_DRAWINGS", "2")
    monkeypatch.setattr(Worker, "_do_task", lambda self: "own")
    left(jobs, "fails")
    (tmp_path / "reports" / "own").mkdir()
    job = asked(tmp_path, "a", "ann", NO_QUOTAS)
    Worker(job).run()
    assert (job.state.status, job.state.result) == ("done", "own")
    assert top == [("own", 2, False)]
    assert "Drawings of the report fails failed:\n" in capsys.readouterr().err
    assert drawn(jobs) == []


def test_old_uploads_are_deleted_before_the_drawing_which_may_take_long(tmp_path, monkeypatch):
    order = []
    monkeypatch.setenv("CONCEPTS_DRAWINGS", "2")
    monkeypatch.setattr(Worker, "_do_task", lambda self: "own")
    monkeypatch.setattr(Worker, "_expire_uploads", lambda self: order.append("uploads"))
    monkeypatch.setattr(worker, "draw_left", lambda *given: order.append("drawing"))
    Worker(asked(tmp_path, "a", "ann", NO_QUOTAS)).run()
    assert order == ["uploads", "drawing"]


def test_a_job_that_is_told_to_stop_while_it_draws_is_still_done(tmp_path, jobs, monkeypatch):
    def stopped(*given: object, **options: object) -> None:
        raise Cancelled

    monkeypatch.setenv("CONCEPTS_DRAWINGS", "2")
    monkeypatch.setattr(Worker, "_do_task", lambda self: "own")
    monkeypatch.setattr(undrawn, "draw_top_concepts", stopped)
    monkeypatch.setattr(undrawn.ClassReport, "load", lambda place: place.name)
    (tmp_path / "reports" / "own").mkdir(parents=True)
    job = asked(tmp_path, "a", "ann", NO_QUOTAS)
    Worker(job).run()
    assert job.state.status == "done"
    (kept,) = (undrawn._left(jobs)).values()
    assert replace(kept, since=0.0) == Undrawn("own", job.request, "ann", 0.0)
