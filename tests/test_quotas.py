"""What each person may use: read from the operator's variables, refused in one line before anything is written."""

import os
import time

import pytest

from concepts.engine import jobs
from concepts.engine.jobs import NO_QUOTAS, QuotaError, Quotas, minutes, worker
from concepts.engine.jobs.line import Line
from concepts.engine.jobs.minutes import Work, counted_work, work_of
from concepts.engine.jobs.worker import Worker
from concepts.engine.quotas import DAY
from concepts.report.request import Request
from concepts.storage.typed_json import write_typed
from pages.state.server_settings import ServerSettings
from tests.test_job_queue import Unfinished

ALL = {"RUNNING": "1", "WAITING": " 3 ", "MINUTES": "90.5", "DISK": "2", "UPLOAD": "50", "DAYS": "30", "MEMORY": "4"}


def test_the_operators_variables_are_read_and_without_them_there_is_no_limit():
    environment = {f"CONCEPTS_PERSON_{name}": value for name, value in ALL.items()}
    assert ServerSettings.of(environment).quotas == Quotas(1, 3, 90.5, 2.0, 50.0, 30.0, 4.0)
    assert ServerSettings.of({}).quotas == NO_QUOTAS == Quotas()


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("text", ["much", "0", "-1", "nan", "inf", "4 GB"])
def test_a_quota_that_is_no_number_is_refused_in_one_line(name, text):
    with pytest.raises(
        ValueError, match=rf"^CONCEPTS_PERSON_{name} is '{text}': expected a .*or nothing for (no limit|1)$"
    ):
        ServerSettings.of({f"CONCEPTS_PERSON_{name}": text})


def asked(workspace, target, owner, quotas, task="report"):
    request = Request(model="m", images="p", target=target)
    return jobs.submit(request, workspace, task=task, executor=Unfinished(), owner=owner, quotas=quotas)


def test_no_more_of_a_persons_jobs_wait_than_may(tmp_path):
    quotas = Quotas(waiting=2)
    first, _ = asked(tmp_path, "a", "ann", quotas), asked(tmp_path, "b", "ann", quotas)
    said = r"^2 of your analyses are waiting, and no more than 2 may: wait .* \(CONCEPTS_PERSON_WAITING\)$"
    with pytest.raises(QuotaError, match=said):
        asked(tmp_path, "c", "ann", quotas)
    assert len(jobs.list_jobs(tmp_path, executor=Unfinished())) == 2
    assert asked(tmp_path, "a", "ann", quotas) == first, "it waits already"
    asked(tmp_path, "c", "ann", quotas, "inspect")
    asked(tmp_path, "c", "ben", quotas)
    for target in "defg":
        asked(tmp_path, target, "", quotas)
    first.write(jobs.JobState(status="running"))
    asked(tmp_path, "h", "ann", quotas)


def worked(workspace, owner, *, minutes_ago, seconds):
    folder = minutes._folder(workspace / "jobs", owner)
    folder.mkdir(parents=True, exist_ok=True)
    write_typed(folder / f"{minutes_ago}.json", Work(time.time() - 60 * minutes_ago, seconds))


def test_a_person_who_has_used_the_minutes_of_a_day_waits_until_some_are_a_day_ago(tmp_path):
    quotas = Quotas(minutes=30)
    worked(tmp_path, "ann", minutes_ago=24 * 60 + 5, seconds=15 * 60)  # 10 minutes of it within the last 24 hours
    worked(tmp_path, "ann", minutes_ago=100, seconds=19 * 60)
    asked(tmp_path, "a", "ann", quotas)
    worked(tmp_path, "ann", minutes_ago=50, seconds=70)
    said = "^your jobs have worked for 30 minutes in the last 24 hours, and no more than 30 may be used: try .* 1 min"
    with pytest.raises(QuotaError, match=said):
        asked(tmp_path, "b", "ann", quotas)
    assert not (tmp_path / "jobs" / f"report-{Request(model='m', images='p', target='b').key}").exists()
    asked(tmp_path, "b", "ben", quotas)
    asked(tmp_path, "c", "", quotas)
    asked(tmp_path, "d", "ann", NO_QUOTAS)


def test_the_wait_is_until_the_oldest_work_is_a_day_ago(tmp_path):
    worked(tmp_path, "ann", minutes_ago=24 * 60 - 7, seconds=120)
    with pytest.raises(QuotaError, match="try again in 7 minutes, or ask"):
        asked(tmp_path, "a", "ann", Quotas(minutes=2))
    with pytest.raises(QuotaError, match="try again in 23 hours, or ask"):
        Quotas(minutes=2).check_minutes(120, 22.5 * 3600)


def test_work_is_noted_while_it_goes_on_and_kept_after_the_job_is_removed(tmp_path, monkeypatch):
    monkeypatch.setattr(minutes, "EVERY", 0.01)
    begun = time.monotonic()

    def fail_later() -> None:
        while not any(work.seconds > 0.02 for work in work_of(tmp_path / "jobs", "ann")):
            assert time.monotonic() - begun < 20
            time.sleep(0.01)
        raise RuntimeError

    with pytest.raises(RuntimeError), counted_work(tmp_path / "jobs", "ann"):
        fail_later()
    assert 0.02 < work_of(tmp_path / "jobs", "ann")[0].seconds <= time.monotonic() - begun
    with counted_work(tmp_path / "jobs", ""):
        pass
    assert len(list((tmp_path / "jobs" / ".minutes").iterdir())) == 1, "nobody's work is not noted"


def test_old_work_is_forgotten(tmp_path):
    worked(tmp_path, "ann", minutes_ago=1, seconds=9)
    (file,) = minutes._folder(tmp_path / "jobs", "ann").iterdir()
    os.utime(file, (time.time() - 2 * DAY - 1,) * 2)
    with counted_work(tmp_path / "jobs", "ann"):
        pass
    (left,) = work_of(tmp_path / "jobs", "ann")
    assert left.seconds < 8, "the old one had nine"


def test_a_job_that_waited_while_the_minutes_were_used_up_does_not_begin(tmp_path, monkeypatch):
    """And one that works is counted."""
    monkeypatch.setattr(worker, "inspect", lambda *given, **options: time.sleep(0.05))
    monkeypatch.setattr(worker, "write_typed", lambda *given: None)
    monkeypatch.setenv("CONCEPTS_PERSON_MINUTES", "0.0001")
    states = []
    for target in "ab":
        job = asked(tmp_path, target, "ann", NO_QUOTAS, "inspect")
        Worker(job, slots=2).run()
        states.append((job.state.status, job.state.message[:23]))
    assert states == [("done", ""), ("failed", "your jobs have worked f")]


def test_the_operators_limit_of_running_jobs_reaches_the_line(tmp_path, monkeypatch):
    seen = []
    monkeypatch.setattr(Line, "_is_next", lambda line, file: seen.append(line.most) or True)
    monkeypatch.setattr(worker, "inspect", lambda *given, **options: None)
    monkeypatch.setattr(worker, "write_typed", lambda *given: None)
    monkeypatch.setenv("CONCEPTS_PERSON_RUNNING", "1")
    Worker(asked(tmp_path, "a", "ann", NO_QUOTAS, "inspect"), slots=2).run()
    assert seen == [1]
