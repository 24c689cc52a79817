"""A job at work is stopped when its owner's minutes run out: theirs alone, with one line, and recorded."""

import subprocess
import sys
import time

import pytest

from concepts.engine.executors import watcher
from concepts.engine.executors.limits import JobLimits
from concepts.engine.executors.watcher import Watcher
from concepts.engine.jobs import Job, JobState, Quotas
from concepts.engine.jobs import minutes as minutes_file
from concepts.engine.jobs.minutes import Work
from concepts.engine.jobs.minutes_left import EVERY, MinutesLeft, minutes_left_of
from concepts.record import RecordStore
from concepts.storage.typed_json import write_typed
from tests.test_quotas import asked

NOON = 1.8e9  # seconds since 1970
LIMIT = Quotas(minutes=30)


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(watcher, "EVERY", 0.02)


@pytest.fixture
def at_work(tmp_path, clock):
    """Starts a process in place of a job's worker, watched under the limit of its owner's minutes."""
    started = []

    def start(owner: str, target: str = "a") -> tuple[Job, Watcher]:
        job = asked(tmp_path, target, owner, Quotas())
        code = [sys.executable, "-S", "-c", "import time; time.sleep(60)"]
        started.append(subprocess.Popen(code, start_new_session=True))
        job.write(JobState(status="running", pid=started[-1].pid))
        left = minutes_left_of(job.folder, {"CONCEPTS_PERSON_MINUTES": "30"})
        assert left is not None
        left.clock = clock
        return job, Watcher(job.folder, JobLimits(), started[-1], left)

    yield start
    for process in started:
        process.kill()
        process.wait()


def worked(workspace, owner, started, seconds, name="one"):
    folder = minutes_file._folder(workspace / "jobs", owner)
    folder.mkdir(parents=True, exist_ok=True)
    write_typed(folder / f"{name}.json", Work(started, seconds))


def test_a_job_is_stopped_when_the_minutes_of_its_owner_run_out(tmp_path, at_work, clock):
    job, watching = at_work("ann")
    worked(tmp_path, "ann", NOON, 29 * 60)
    for _ in range(3):
        watching.look()
    assert watching.worker.poll() is None
    worked(tmp_path, "ann", NOON, 30 * 60)
    clock.now += EVERY - 1
    watching.look()
    assert watching.reason == "", "it is looked at as often as minutes are noted"
    clock.now += 30 * 60
    watching.watch()
    state = job.state
    assert state.status == "failed"
    assert state.message.startswith(
        "Stopped: the jobs of whoever started it have worked for 30 minutes in the last 24 hours, and no more than 30"
    )
    assert "in 24 hours, or ask the operator for more (CONCEPTS_PERSON_MINUTES)." in state.message
    assert "\n" not in state.message
    (entry,) = RecordStore(f"sqlite:///{tmp_path / 'notes.sqlite'}").latest()
    assert (entry.who, entry.what, entry.of, entry.result[:8]) == ("ann", "run", job.id, "Stopped:")


@pytest.mark.parametrize("other", ["ben", "ada, an admin"])
def test_the_job_of_another_person_goes_on(tmp_path, at_work, clock, other):
    worked(tmp_path, "ann", NOON - 3600, 3600)
    job, watching = at_work(other)
    for _ in range(3):
        clock.now += EVERY
        watching.look()
    assert (watching.reason, watching.worker.poll(), job.state.status) == ("", None, "running")
    assert RecordStore(f"sqlite:///{tmp_path / 'notes.sqlite'}").latest() == []


def test_a_job_that_waits_or_has_ended_is_not_stopped(tmp_path, at_work, clock):
    worked(tmp_path, "ann", NOON - 3600, 3600)
    job, watching = at_work("ann")
    for status in ("waiting", "done"):
        job.write(JobState(status=status, pid=watching.worker.pid))
        clock.now += EVERY
        watching.look()
        assert watching.worker.poll() is None
        assert watching.reason == ""


def test_work_of_a_day_ago_does_not_count(tmp_path, clock):
    worked(tmp_path, "ann", NOON - 25 * 3600, 3600)
    left = MinutesLeft(tmp_path / "jobs" / "report-0", "ann", LIMIT, "sqlite:////none/x.sqlite", clock)
    assert left.reason() is None
    clock.now -= 1800
    assert "have worked for 30 minutes in the last 24 hours" in (left.reason() or "")


def test_whose_minutes_are_not_limited_is_not_looked_at(tmp_path):
    nobody, ann = asked(tmp_path, "a", "", Quotas()), asked(tmp_path, "b", "ann", Quotas())
    limit = {"CONCEPTS_PERSON_MINUTES": "30"}
    assert minutes_left_of(nobody.folder, limit) is None
    assert minutes_left_of(ann.folder, {"CONCEPTS_PERSON_MINUTES": "many"}) is None
    assert minutes_left_of(ann.folder, {}) is None
    assert minutes_left_of(tmp_path, limit) is None
    assert minutes_left_of(ann.folder, limit | {"CONCEPTS_NOTES": "sqlite:////x/y"}).database == "sqlite:////x/y"


def test_a_record_that_cannot_be_written_is_told_to_the_log(tmp_path, clock, caplog):
    (tmp_path / "notes.sqlite").write_bytes(b"no database" * 1000)
    worked(tmp_path, "ann", NOON - 3600, 3600)
    job = asked(tmp_path, "a", "ann", Quotas())
    left = MinutesLeft(job.folder, "ann", LIMIT, f"sqlite:///{tmp_path / 'notes.sqlite'}", clock)
    assert left.reason()
    left.record()
    assert f"Not in the record: {job.id}, stopped" in caplog.text


def test_a_watcher_knows_the_operators_variable(tmp_path, monkeypatch):
    job = asked(tmp_path, "a", "ann", Quotas())
    monkeypatch.delenv("CONCEPTS_PERSON_MINUTES", raising=False)
    assert watcher._left(job.folder) is None
    monkeypatch.setenv("CONCEPTS_PERSON_MINUTES", "30")
    left = watcher._left(job.folder)
    assert left is not None
    assert (left.owner, left.quotas) == ("ann", LIMIT)
    assert time.time() - left.clock() < 5
