"""The seam of executors: the same requests, jobs and page, with no process anywhere."""

import subprocess
from contextlib import ExitStack
from dataclasses import dataclass

import pytest
from filelock import FileLock

from concepts.engine import jobs
from concepts.engine.jobs import Job, worker
from concepts.engine.jobs.worker import Worker
from concepts.report import ReportSettings, list_cards
from concepts.report.request import Request
from pages.state.server_settings import ServerSettings
from tests.support import screen
from tests.support.inline import Inline
from tests.support.tiny import FACTORY, write_photos

SETTINGS = ReportSettings(n_concepts=3, sample=2000)


@pytest.fixture
def workspace(tmp_path, monkeypatch):
    """A workspace beside some photos; whoever starts a process fails."""

    def refuse(*args: object, **options: object) -> None:
        raise AssertionError("a process was started")

    monkeypatch.setattr(subprocess, "Popen", refuse)
    write_photos(tmp_path / "photos", n=12)
    return tmp_path / "workspace"


def request(workspace, **changes):
    given = {"model": FACTORY, "images": str(workspace.parent / "photos"), "target": "red", "settings": SETTINGS}
    return Request(**(given | changes))


def test_a_request_is_done_when_submit_returns(workspace):
    job = jobs.submit(request(workspace), workspace, executor=Inline())
    assert job.state.status == "done", job.state.message
    assert [card.id for card in list_cards([workspace / "reports"])] == [job.state.result]
    assert jobs.list_jobs(workspace, executor=Inline()) == [job]
    jobs.remove(jobs.find(workspace, job.id, executor=Inline()))
    assert jobs.list_jobs(workspace) == []


def test_links_among_the_photos_of_a_job_lead_no_further_than_the_operator_says(workspace, monkeypatch):
    for place in ("shared", "secret"):
        write_photos(workspace.parent / place, n=1)
        (workspace.parent / "photos" / place).symlink_to(workspace.parent / place)
    monkeypatch.setenv("CONCEPTS_PHOTOS", str(workspace.parent / "shared"))
    looked = jobs.submit(request(workspace), workspace, task="inspect", executor=Inline()).inspection
    assert (looked.n_photos, looked.skipped) == (24 + 2, 1)


def test_wrong_input_ends_in_one_line(workspace):
    job = jobs.submit(request(workspace, target="rde"), workspace, executor=Inline())
    assert (job.state.status, "did you mean red" in job.state.message) == ("failed", True)


@dataclass(frozen=True)
class Queue(Inline):
    """Jobs lie in it until somebody does them."""

    waiting: list

    def start(self, job: Job) -> None:
        self.waiting.append(job)

    def stop(self, job: Job) -> None:
        self.waiting.remove(job)

    def lost(self, job: Job, state: jobs.JobState) -> bool:
        return job not in self.waiting


def test_what_an_executor_says_of_its_jobs_is_what_is_shown(workspace):
    queue = Queue([])
    job = jobs.submit(request(workspace), workspace, executor=queue)
    assert job.state.status == "waiting"
    assert jobs.submit(request(workspace), workspace, executor=queue) == job
    assert len(queue.waiting) == 1, "under way: not started twice"
    jobs.cancel(job)
    assert job.state.status == "interrupted", "its executor no longer knows it"
    assert jobs.submit(request(workspace), workspace, executor=queue) == job
    assert (job.state.status, queue.waiting) == ("waiting", [job]), "started anew"


def test_a_wish_to_stop_is_heard_whatever_runs_the_job(workspace):
    class Late(Inline):
        """Starts when the wish has come."""

        def start(self, job: Job) -> None:
            jobs.cancel(job)
            super().start(job)

    job = jobs.submit(request(workspace), workspace, executor=Late())
    assert job.state.status == "cancelled"
    assert list_cards([workspace / "reports"]) == []


def test_the_page_asks_the_operators_executor(workspace, monkeypatch):
    monkeypatch.setattr(ServerSettings, "executor", Inline())
    monkeypatch.setenv("CONCEPTS_WORKSPACE", str(workspace))
    monkeypatch.setenv("CONCEPTS_PHOTOS", str(workspace.parent / "photos"))
    monkeypatch.setenv("CONCEPTS_MODELS", FACTORY)
    page = screen.app().run()
    page = page.switch_page("pages/views/analysis.py").run()
    page.button(key="look").click().run()
    assert not page.exception
    page.multiselect(key="target").set_value(["red"]).run()
    page.slider(key="concepts").set_value(3).run()
    page.button(key="start").click().run()
    assert not page.exception
    assert any("done" in text.value and "red" in text.value for text in page.markdown)
    (card,) = list_cards([workspace / "reports"])
    assert (card.target, card.n_concepts) == ("red", 3)


@pytest.mark.parametrize("damaged", ["", "{", '{"status": 3}', "[" * 100_000])
def test_a_job_with_a_damaged_state_can_be_started_anew_and_removed(damaged, workspace):
    queue = Queue([])
    job = jobs.submit(request(workspace), workspace, executor=queue)
    (job.folder / "state.json").write_text(damaged)
    assert jobs.submit(request(workspace), workspace, executor=queue) == job
    assert len(queue.waiting) == 1, "its executor has it"
    queue.waiting.clear()
    assert jobs.submit(request(workspace), workspace, executor=queue).state.status == "waiting"
    assert len(queue.waiting) == 1
    queue.waiting.clear()
    (job.folder / "state.json").write_text(damaged)
    jobs.remove(job)
    assert not job.folder.exists()


def test_each_task_has_slots_of_its_own(workspace, monkeypatch):
    """An inspection runs while reports hold all of theirs, and waits while inspections do."""

    def ran(*args: object, **options: object) -> None:
        raise ValueError("it ran")

    monkeypatch.setattr(worker, "inspect", ran)
    for busy, ends in (("report", ("failed", "it ran")), ("inspect", ("cancelled", "Cancelled."))):
        job = jobs.submit(request(workspace, target=busy), workspace, task="inspect", executor=Queue([]))
        with ExitStack() as stack:
            for i in range(2):
                stack.enter_context(FileLock(workspace / "jobs" / f"{busy}-slot-{i}.lock"))
            (job.folder / "cancel").touch()  # heard while it waits
            Worker(job, slots=2).run()
        assert (job.state.status, job.state.message) == ends
