"""The line of waiting jobs on disk: whose turn it is, with workers as threads and with dead ones."""

import os
import threading
import time
from contextlib import ExitStack

import pytest

from concepts.engine import jobs
from concepts.engine.jobs import ManyClasses
from concepts.engine.jobs import line as room
from concepts.engine.jobs.line import Line
from concepts.engine.quotas import owner_key
from concepts.report.request import Request
from tests.test_job_queue import Unfinished


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(room, "LOOK", 0.01)


def job_of(workspace, owner, name, task="report"):
    request = Request(model="m", images="p", target=name)
    many = ManyClasses(()) if task == "reports" else None
    return jobs.submit(request, workspace, task=task, many=many, executor=Unfinished(), owner=owner, most_waiting=99)


def entered(line, job):
    """The job in the line, as its worker shows it."""
    file = line._file(job, owner_key(job.owner))
    file.touch()
    return file


def served_in_order(workspace, line, whose):
    """The names in the order in which workers have a slot; all wait before the first one has any."""
    order, lock, looked = [], threading.Lock(), {name: threading.Event() for _, name in whose}

    def work(job, name):
        with line.slot_for(job, looked[name].set):
            with lock:
                order.append(name)
            time.sleep(0.02)

    with ExitStack() as busy:
        for i in range(line.slots):
            busy.enter_context(line._lock(i))
        threads = []
        for owner, name in whose:
            threads.append(threading.Thread(target=work, args=(job_of(workspace, owner, name), name)))
            threads[-1].start()
            assert looked[name].wait(10)
    for thread in threads:
        thread.join(20)
    return order


def test_workers_take_turns_by_owner(tmp_path):
    whose = [("ann", "a1"), ("ann", "a2"), ("ann", "a3"), ("ben", "b1"), ("cleo", "c1"), ("ben", "b2")]
    line = Line(tmp_path / "jobs", "report", slots=1)
    assert served_in_order(tmp_path, line, whose) == ["a1", "b1", "c1", "a2", "b2", "a3"]
    assert line.order() == []


def test_one_owner_is_served_as_they_come(tmp_path):
    whose = [("", name) for name in "abcdef"]
    assert served_in_order(tmp_path, Line(tmp_path / "jobs", "report", slots=1), whose) == list("abcdef")


def test_no_more_than_the_slots_and_no_more_than_an_owner_may_are_at_work(tmp_path):
    at_work, most, lock = [], {"all": 0, "ann": 0}, threading.Lock()

    def during(owner):
        def work(seconds):
            with lock:
                at_work.append(owner)
                most["all"], most["ann"] = max(most["all"], len(at_work)), max(most["ann"], at_work.count("ann"))
            time.sleep(3 * seconds)
            with lock:
                at_work.remove(owner)

        return work

    line = Line(tmp_path / "jobs", "report", slots=2, most=1)
    asked = [(job_of(tmp_path, owner, f"{owner}{i}"), during(owner)) for i, owner in enumerate(["ben", *4 * ["ann"]])]
    threads = [threading.Thread(target=work_in_slot, args=(line, *each)) for each in asked]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert most == {"all": 2, "ann": 1}


def work_in_slot(line, job, work):
    with line.slot_for(job, lambda: None):
        work(0.02)


def test_a_dead_worker_and_one_that_was_stopped_hold_nobody_up(tmp_path):
    line = Line(tmp_path / "jobs", "report", slots=1)
    dead, other = entered(line, job_of(tmp_path, "", "dead")), job_of(tmp_path, "", "other")
    os.utime(dead, (time.time() - room.FRESH - 1,) * 2)
    ahead = entered(line, job_of(tmp_path, "", "clock set back"))
    os.utime(ahead, (time.time() + 1e6,) * 2)
    assert [wish.name for wish in line.order()] == []
    with line.slot_for(other, lambda: None):
        assert line.holders() == [(room.NOBODY, other.id)]
    assert not ahead.exists(), "nobody could tell its age"
    os.utime(dead, (time.time() - room.GONE - 1,) * 2)
    line.order()
    assert not dead.exists()


def test_who_stops_waiting_leaves_the_line(tmp_path):
    line = Line(tmp_path / "jobs", "report", slots=1)
    job = job_of(tmp_path, "ann", "a")
    seen = []

    def look():
        seen.append([wish.name for wish in line.order()])
        raise KeyboardInterrupt

    with line._lock(0), pytest.raises(KeyboardInterrupt), line.slot_for(job, look):
        raise AssertionError("it had no turn")
    assert seen == [[job.id]]
    assert line.order() == []


def test_the_line_is_no_job(tmp_path):
    line = Line(tmp_path / "jobs", "report")
    job = job_of(tmp_path, "ann", "a")
    entered(line, job)
    listed = jobs.read_jobs(tmp_path, executor=Unfinished())
    assert ([each.job for each in listed.found], listed.left_out) == ([job], ())
