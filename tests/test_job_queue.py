"""A limited number of jobs of a kind wait; one more is refused in one line, by the engine and on the page."""

import os
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest

from concepts.engine import jobs
from concepts.engine.jobs import Job, JobState, QueueFullError, queue
from concepts.report.request import Request
from concepts.storage import store
from pages.analysis import disk
from pages.state.server_settings import ServerSettings
from tests.support.inline import Inline
from tests.test_uploads import RED
from tests.test_uploads_page import folder_of, uploading


class Unfinished(Inline):
    """Jobs that never begin."""

    def start(self, job: Job) -> None:
        """Leaves it waiting."""


def asked(workspace: Path, target: str, *, most: int = 2, task: str = "report") -> Job:
    request = Request(model="m", images="p", target=target)
    return jobs.submit(request, workspace, task=task, executor=Unfinished(), most_waiting=most)


def test_no_more_of_a_kind_wait_than_may(tmp_path):
    first, second = asked(tmp_path, "a"), asked(tmp_path, "b")
    full = "2 analyses are waiting, and no more than 2 may: try again"
    with pytest.raises(QueueFullError, match=full):
        asked(tmp_path, "c")
    assert jobs.list_jobs(tmp_path, executor=Unfinished()) in ([first, second], [second, first])
    assert asked(tmp_path, "a") == first, "it waits already"
    assert asked(tmp_path, "c", task="inspect").folder.is_dir(), "another kind"
    for status in ("running", "done", "cancelled"):
        first.write(JobState(status=status))
        asked(tmp_path, f"after {status}").write(JobState(status="done"))


def test_a_removed_job_vanishes_as_a_whole(tmp_path, monkeypatch):
    """Its name goes first, so that nobody reads a folder of which files are missing; what is left of it goes later."""
    job = asked(tmp_path, "a")
    job.write(JobState(status="done"))
    with monkeypatch.context() as patch:
        patch.setattr(store, "_delete", lambda entry: None)  # as if the process ended here
        jobs.remove(job)
    (left,) = (tmp_path / "jobs").glob(".report-*.old")
    assert (left / "request.json").is_file()
    assert not job.folder.exists()
    assert jobs.list_jobs(tmp_path, executor=Unfinished()) == []
    for entry in (left, *left.iterdir()):
        os.utime(entry, (1.7e9, 1.7e9))
    other = asked(tmp_path, "b")
    other.write(JobState(status="done"))
    jobs.remove(other)
    assert not left.exists()
    jobs.cancel(job)  # by a visitor whose page is older
    assert not job.folder.exists()


def test_many_who_ask_at_once_fill_the_queue_and_no_more(tmp_path, monkeypatch):
    check = queue.check_queue
    monkeypatch.setattr(queue, "check_queue", lambda *given, **options: (check(*given, **options), time.sleep(0.02)))

    def ask(target: str) -> None:
        with suppress(QueueFullError):
            asked(tmp_path, target, most=3)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(ask, "abcdefgh"))
    assert len(jobs.list_jobs(tmp_path, executor=Unfinished())) == 3


def test_the_page_says_so_and_writes_no_upload(tmp_path, monkeypatch):
    monkeypatch.setattr(ServerSettings, "executor", Unfinished())
    monkeypatch.setenv("CONCEPTS_WORKSPACE", str(tmp_path))
    monkeypatch.setenv("CONCEPTS_JOBS_WAITING", "1")
    waiting = asked(tmp_path, "a", task="photos")
    page = uploading([("a.png", RED)])
    assert folder_of(page) == "None"
    assert page.error[0].value.replace("\\", "").startswith("1 upload is waiting, and no more than 1 may: try again")
    assert not (tmp_path / "uploads").exists()
    waiting.write(JobState(status="done"))
    page.button(key="upload_retry").click().run()
    assert not page.error
    assert page.button(key="upload_cancel")


def test_an_analysis_from_the_page_is_refused_alike(tmp_path, monkeypatch):
    said = []
    monkeypatch.setattr(disk.st, "error", said.append)
    monkeypatch.setattr(ServerSettings, "executor", Unfinished())
    server = ServerSettings(tmp_path, jobs_waiting=1)
    assert disk.submitted(Request(model="m", images="p", target="a"), server) is not None
    assert disk.submitted(Request(model="m", images="p", target="b"), server) is None
    (line,) = said
    assert line.startswith("1 analysis is waiting")
    assert "\n" not in line
