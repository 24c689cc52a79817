"""Jobs: real processes, watched from outside, cancelled, killed, continued."""

import os
import signal
import time
from dataclasses import replace

import pytest
from PIL import Image

from concepts.engine import jobs
from concepts.engine.executors.limits import JobLimits
from concepts.engine.executors.processes import running
from concepts.engine.uploads import Upload, digest_of, receive
from concepts.report import ReportSettings, list_cards
from concepts.report.request import Request, report_id
from tests.support.pictures import encoded
from tests.support.tiny import FACTORY, SLOW, write_photos

pytestmark = pytest.mark.slow

SETTINGS = ReportSettings(n_concepts=3, sample=2000)


@pytest.fixture
def workspace(tmp_path):
    write_photos(tmp_path / "photos", n=20)
    return tmp_path


def request(workspace, **changes):
    return Request(
        **({"model": FACTORY, "images": str(workspace / "photos"), "target": "red", "settings": SETTINGS} | changes)
    )


def wait(job, done, seconds=400):
    end = time.time() + seconds
    while time.time() < end:
        if done(job.state):
            return job.state
        time.sleep(0.1)
    raise AssertionError(f"still {job.state}, log: {job.log.read_text()}")


def test_a_job_ends_in_a_report_and_the_same_request_is_the_same_job(workspace):
    job = jobs.submit(request(workspace), workspace)
    assert jobs.submit(request(workspace), workspace) == job  # under way: not started twice
    state = wait(job, lambda state: state.finished)
    assert state.status == "done", state
    assert [card.id for card in list_cards([workspace / "reports"])] == [state.result]
    assert jobs.find(workspace, job.id) == job
    assert jobs.list_jobs(workspace) == [job]
    assert state.result == report_id(request(workspace), "red", "features")


def test_an_inspection_says_what_can_be_chosen_and_reads_paths_from_the_working_folder(workspace, monkeypatch):
    monkeypatch.chdir(workspace)
    job = jobs.submit(request(workspace, target="", images="photos"), workspace, task="inspect")
    assert wait(job, lambda state: state.finished).status == "done"
    found = job.inspection
    assert found.default_layer == "features"
    assert found.photos_per_class == {"green": 20, "red": 20}
    assert found.seconds_per_photo > 0
    assert (found.layer("features").shape, found.layer("features").signed) == ((8, 8, 4), False)


@pytest.fixture
def slow(workspace):
    """A request that takes a while: thirteen batches of half a second."""
    write_photos(workspace / "many", n=200)
    settings = replace(SETTINGS, photos="all")  # the model's classes have no names that folders could bear
    return request(
        workspace, model=SLOW, images=str(workspace / "many"), target="0", layer="features", settings=settings
    )


def test_a_killed_job_is_seen_to_be_interrupted_and_goes_on_until_it_is_cancelled(workspace, slow):
    job = jobs.submit(slow, workspace)
    state = wait(job, lambda state: state.stage == "activations")
    os.kill(state.pid, signal.SIGKILL)
    assert wait(job, lambda state: state.finished).status == "interrupted"
    assert list_cards([workspace / "reports"]) == []
    again = jobs.submit(slow, workspace)
    assert again == job
    wait(again, lambda state: state.stage == "activations")
    jobs.cancel(again)
    assert wait(again, lambda state: state.finished, seconds=20).status == "cancelled"
    wait(again, lambda state: not running(again), seconds=20)
    assert list_cards([workspace / "reports"]) == []
    jobs.remove(again)
    assert jobs.find(workspace, again.id) is None


def test_a_job_ends_at_the_operators_limits_with_one_line(workspace):
    """The memory and the time that starting takes are over these."""
    for limits, words in ((JobLimits(memory=0.1), "GB of memory"), (JobLimits(minutes=0.01), "for 0.01 minutes")):
        job = jobs.submit(request(workspace), workspace, executor=jobs.Processes(limits))
        state = wait(job, lambda state: state.finished)
        assert (state.status, words in state.message) == ("failed", True), state


def test_uploaded_photos_are_read_by_a_process(tmp_path):
    files = [("a.png", encoded(Image.new("RGB", (8, 6), "red"), "PNG"))]
    upload = Upload(tmp_path, digest_of(files), "mine")
    receive(upload, files)
    job = jobs.submit(upload.request, tmp_path, task="photos")
    assert wait(job, lambda state: state.finished).status == "done"
    assert upload.kept


def test_ids_from_an_address_cannot_leave_the_workspace(workspace):
    assert jobs.find(workspace, "../photos") is None
    assert jobs.find(workspace, "") is None
