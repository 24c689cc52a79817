"""The place of a waiting job and the estimate of its wait, and what a page says of them."""

import time

import pytest

from concepts.engine import jobs
from concepts.engine.jobs import JobState, QueuePlace, places
from concepts.engine.jobs.line import Line
from concepts.engine.jobs.places import seconds_until_begin
from pages.analysis.waiting import waiting_words
from tests.test_job_queue import Unfinished
from tests.test_line import entered, job_of


def test_each_waits_for_the_slot_that_is_free_first():
    assert seconds_until_begin(4, [30.0, 5.0], 20.0) == [5.0, 25.0, 30.0, 45.0]
    assert seconds_until_begin(2, [0.0], 7.0) == [0.0, 7.0]


def test_what_is_not_known_is_not_guessed():
    assert seconds_until_begin(3, [30.0, None], 20.0) == [None, None, None]
    assert seconds_until_begin(3, [30.0, 5.0], None) == [5.0, None, None]
    assert seconds_until_begin(0, [30.0], 5.0) == []
    assert seconds_until_begin(1, [], 5.0) == [None]


@pytest.fixture
def line(tmp_path):
    return Line(tmp_path / "jobs", "report")


def ended(workspace, seconds, name, status="done", task="report"):
    job = job_of(workspace, "", name, task)
    job.write(JobState(status=status, started=time.time() - seconds))
    return job


def at_work(workspace, line, slot, task="report", **state):
    job = job_of(workspace, "ann", f"at work {slot}", task)
    job.write(JobState(status="running", **state))
    line._served.mkdir(parents=True, exist_ok=True)
    line._slot(slot).write_text(f"x.{job.id}")


def test_places_are_those_of_the_fair_order_with_an_estimate(tmp_path, line):
    for i, seconds in enumerate((600, 1000, 3000)):
        ended(tmp_path, seconds, f"done {i}")
    ended(tmp_path, 9_999, "failed", "failed")
    at_work(tmp_path, line, 0, started=time.time() - 200, done=0.5)  # 200 s left by its own estimate
    at_work(tmp_path, line, 1, started=time.time() - 700, done=0.0)  # 300 s left by the middle of the three
    first, second, ben = (job_of(tmp_path, owner, name) for owner, name in (("ann", "a"), ("ann", "b"), ("ben", "c")))
    for job in (first, second, ben):
        entered(line, job)
    found = jobs.queue_places(tmp_path, "report", executor=Unfinished())
    order = [first.id, ben.id, second.id]
    assert [(found[id].place, found[id].n) for id in order] == [(1, 3), (2, 3), (3, 3)]
    waits = [found[id].seconds for id in order]
    assert waits == pytest.approx([200, 300, 1200], abs=30)
    assert jobs.queue_place(ben) == QueuePlace(2, 3, pytest.approx(300, abs=30))
    assert jobs.queue_place(job_of(tmp_path, "ben", "its worker is being started")) is None


def test_a_slot_whose_job_has_ended_or_gone_is_free(tmp_path, line):
    waiting = job_of(tmp_path, "ann", "a")
    entered(line, waiting)
    line._slot(0).write_text(f"x.{ended(tmp_path, 60, 'done').id}")
    line._slot(1).write_text("x.report-gone")
    assert jobs.queue_place(waiting) == QueuePlace(1, 1, 0.0)


def test_without_past_jobs_the_wait_is_not_known(tmp_path, line):
    for i in range(places.ENOUGH - 1):
        ended(tmp_path, 60, f"done {i}")
    at_work(tmp_path, line, 0, started=time.time() - 1, done=0.0)
    waiting = job_of(tmp_path, "ann", "a")
    entered(line, waiting)
    assert jobs.queue_place(waiting) == QueuePlace(1, 1, None)


def test_a_run_waits_for_the_one_slot_of_runs(tmp_path):
    line = Line(tmp_path / "jobs", "reports")
    for i in range(places.ENOUGH):
        ended(tmp_path, 1000, f"done {i}", task="reports")
    at_work(tmp_path, line, 0, started=time.time() - 600, done=0.5, task="reports")  # 600 s left
    first, second = (job_of(tmp_path, "ann", name, task="reports") for name in "ab")
    for job in (first, second):
        entered(line, job)
    assert jobs.queue_place(first) == QueuePlace(1, 2, pytest.approx(600, abs=30))
    assert jobs.queue_place(second) == QueuePlace(2, 2, pytest.approx(1600, abs=30))


def test_a_page_says_where_and_how_long():
    assert waiting_words(None) == "starting"
    assert waiting_words(QueuePlace(2, 5, 190)) == "place 2 of 5 in the queue, begins in about 3 min"
    assert waiting_words(QueuePlace(1, 1, 0.2)) == "place 1 of 1 in the queue, begins now"
    assert waiting_words(QueuePlace(2, 5, None)) == "place 2 of 5 in the queue; when it begins is not known"
