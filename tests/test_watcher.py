"""A job's worker under limits: stopped from outside, with one line that says by what and what to do."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time

import pytest
from filelock import FileLock

from concepts.engine.executors import watcher
from concepts.engine.executors.limits import JobLimits
from concepts.engine.executors.watcher import Watcher, memory_of_session
from concepts.engine.jobs import PROCESSES, Job, JobState, Processes
from concepts.engine.jobs.worker import failure
from concepts.storage.store import write_text
from pages.state.server_settings import ServerSettings
from tests.support.places import ROOT

SLEEPS = "import time; time.sleep(60)"
DEAF = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(flush=True); {SLEEPS}"
HUNGRY = f"kept = bytearray(b'x') * 2**26; {SLEEPS}"
FAMILY = f"import subprocess, sys; subprocess.run([sys.executable, '-S', '-c', {HUNGRY!r}])"


@pytest.fixture
def job(tmp_path):
    folder = tmp_path / "jobs" / "report-0"
    folder.mkdir(parents=True)
    return Job(folder, PROCESSES)


@pytest.fixture
def started(job):
    """Starts a process in place of a worker; its state on disk says that it works."""
    processes = []

    def start(code: str, status: str = "running") -> "subprocess.Popen[bytes]":
        command = [sys.executable, "-S", "-c", code]
        processes.append(subprocess.Popen(command, start_new_session=True, stdout=subprocess.PIPE))
        job.write(JobState(status=status, pid=processes[-1].pid))
        return processes[-1]

    yield start
    for process in processes:
        assert process.poll() is not None
        process.stdout.close()


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(watcher, "EVERY", 0.02)
    monkeypatch.setattr(watcher, "GRACE", 0.1)


@pytest.mark.parametrize("code", [HUNGRY, FAMILY], ids=["itself", "a child"])
def test_a_job_that_takes_too_much_memory_ends_with_the_limit_and_what_to_do(job, started, code):
    worker = started(code)
    Watcher(job.folder, JobLimits(memory=2**26 / 2**30), worker).watch()
    end = time.monotonic() + 10
    while memory_of_session(worker.pid) and time.monotonic() < end:
        time.sleep(0.01)
    assert memory_of_session(worker.pid) == 0, "its children end with it"
    assert job.state.status == "failed"
    assert "memory, the limit for a job here is 0.0625 GB. Use a smaller model" in job.state.message
    assert "\n" not in job.state.message


def test_memory_of_a_session_is_that_of_its_processes_and_not_of_others():
    assert memory_of_session(os.getsid(0)) > 2**20
    assert memory_of_session(2**22 + 1) == 0


def test_a_job_that_works_too_long_stops_or_is_stopped(job, started):
    for code in (SLEEPS, DEAF):
        worker = started(code)
        if code == DEAF:
            worker.stdout.readline()
        Watcher(job.folder, JobLimits(minutes=0.05 / 60), worker).watch()
        assert job.state.status == "failed"
        assert job.state.message.startswith("Stopped: it worked for 0.000833333 minutes, the limit for a job here.")


def test_time_in_which_a_job_waits_for_a_slot_does_not_count(job, started):
    watching = Watcher(job.folder, JobLimits(minutes=1e-6), started("import time; time.sleep(0.2)", "waiting"))
    watching.watch()
    assert watching.reason == ""


def test_a_worker_that_is_killed_is_said_to_be_so(job, started):
    for number, words in ((signal.SIGKILL, "the machine ran out of memory"), (signal.SIGSEGV, "signal 11")):
        worker = started(SLEEPS)
        worker.send_signal(number)
        Watcher(job.folder, JobLimits(), worker).watch()
        assert job.state.status == "interrupted"
        assert words in job.state.message


def test_a_cancelled_job_is_interrupted_by_its_watcher_and_no_other_process_is(job, started):
    worker = started(SLEEPS)
    (job.folder / "cancel").touch()
    job.write(JobState(status="running", pid=os.getpid()))  # of a process that has nothing to do with the job
    watching = Watcher(job.folder, JobLimits(), worker)
    watching.look()
    PROCESSES.stop(job)
    with pytest.raises(subprocess.TimeoutExpired):
        worker.wait(0.1)
    job.write(JobState(status="running", pid=worker.pid))
    watching.watch()
    assert job.state.status == "cancelled"


@pytest.mark.parametrize(("code", "status"), [(3, "interrupted"), (0, "waiting")])
def test_a_worker_that_ends_before_it_has_begun_is_said_to_have(code, status, job, started):
    """0: it found that another process does the job."""
    worker = started(f"raise SystemExit({code})")
    job.write(JobState(updated=time.time()))
    Watcher(job.folder, JobLimits(), worker).watch()
    with FileLock(job.folder / "lock"):
        assert job.state.status == status
    assert ("exit code 3" in job.state.message) == (code == 3)


def test_a_job_that_was_started_anew_is_left_alone(job, started):
    worker = started(SLEEPS)
    worker.kill()
    watching = Watcher(job.folder, JobLimits(), worker)
    for state in (JobState(status="running", pid=1), JobState(pid=0)):
        job.write(state)
        before = (job.folder / "state.json").read_bytes()
        watching.watch()
        assert (job.folder / "state.json").read_bytes() == before


def test_a_worker_that_draws_stops_when_its_job_is_asked_for_again(job, started):
    """Its work is done; the next worker of the same job waits for it to end."""
    (job.folder / "request.json").write_text("{}")
    worker = started(SLEEPS, "done")
    watching = Watcher(job.folder, JobLimits(), worker)
    os.utime(job.folder / "request.json", (1, 1))
    watching.look()
    write_text(job.folder / "request.json", "{}")
    watching.look()
    with pytest.raises(subprocess.TimeoutExpired):
        worker.wait(0.1)
    job.write(JobState())
    before = (job.folder / "state.json").read_bytes()
    watching.watch()
    assert worker.returncode == -signal.SIGTERM
    assert (job.folder / "state.json").read_bytes() == before


def test_a_worker_that_draws_goes_on_when_its_job_is_removed(job, started):
    (job.folder / "request.json").write_text("{}")
    worker = started(SLEEPS, "done")
    watching = Watcher(job.folder, JobLimits(), worker)
    shutil.rmtree(job.folder)
    watching.look()
    with pytest.raises(subprocess.TimeoutExpired):
        worker.wait(0.1)
    worker.kill()
    worker.wait()


def test_the_time_of_a_job_is_over_when_it_is_done(job, started):
    watching = Watcher(job.folder, JobLimits(minutes=1e-9), started("import time; time.sleep(0.3)"))
    watching._begun = time.monotonic()
    job.write(JobState(status="done", pid=watching.worker.pid))
    watching.watch()
    assert (watching.reason, watching.worker.returncode, job.state.status) == ("", 0, "done")


@pytest.mark.parametrize("pid", [0, 1, os.getpid(), 2**53], ids=["none", "the first", "ours", "no process"])
@pytest.mark.parametrize("ahead", [60, 10 * 365 * 86_400])
def test_a_state_from_a_clock_that_ran_ahead_does_not_run_for_ever(pid, ahead, job):
    state = JobState(status="running", pid=pid, updated=time.time() + ahead)
    assert PROCESSES.lost(job, state)
    with FileLock(job.folder / "lock"):
        assert not PROCESSES.lost(job, state), "the lock decides"


@pytest.mark.parametrize(("started", "updated", "left"), [(10, 20, 10), (20, 10, None), (0, 1e308, None)])
def test_the_time_left_is_not_told_where_a_clock_was_set(started, updated, left):
    assert JobState(status="running", started=started, updated=updated, done=0.5).seconds_left == left


def test_a_job_gives_way_to_the_pages():
    code = "from concepts.engine.executors.priority import give_way; give_way(); import os; print(os.nice(0)); "
    code += "print([open(file).read().split()[-1] for file in ('/proc/self/oom_score_adj', '/proc/self/autogroup') "
    code += "if os.path.exists(file)])"
    command = [sys.executable, "-c", code]
    shown = subprocess.run(command, capture_output=True, text=True, start_new_session=True, check=True, cwd=ROOT)
    nice, files = shown.stdout.splitlines()
    assert int(nice) >= 15
    assert files in ("[]", "['500']", "['500', '5']")


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (MemoryError(), "not enough memory"),
        (
            RuntimeError("[enforce fail] can't allocate memory: you tried\nmore"),
            "not enough memory",
        ),
        (RuntimeError("CUDA out of memory. Tried to allocate 2 GB"), "not enough memory"),
        (OSError(28, "No space left on device", "/srv/ws/store/x"), r"The disk cannot be written to \(No space left"),
        (KeyError("x"), r"unexpected KeyError: 'x' \(details in log.txt\)"),
        (RuntimeError("one\ntwo"), r"unexpected RuntimeError: one \("),
        (RuntimeError(), r"unexpected RuntimeError:  \("),
    ],
)
def test_an_error_that_is_not_wrong_input_is_one_line(error, words):
    text = failure(error, "log.txt")
    assert re.search(words, text)
    assert "\n" not in text
    assert "/srv" not in text


def test_the_operators_limits_reach_the_watcher(job, monkeypatch):
    started = []
    monkeypatch.setattr(subprocess, "Popen", lambda command, **options: started.append(command))
    environment = {"CONCEPTS_JOB_MEMORY": "1.5", "CONCEPTS_JOB_MINUTES": "30"}
    executor = ServerSettings.of(environment).executor
    assert executor == Processes(JobLimits(1.5, 30))
    executor.start(job)
    assert started[0][-2:] == ["--memory=1.5", "--minutes=30.0"]
    assert ServerSettings.of({"CONCEPTS_JOB_MEMORY": " "}).executor == PROCESSES


def test_the_limit_of_waiting_jobs_is_a_whole_number():
    assert [ServerSettings.of({"CONCEPTS_JOBS_WAITING": text}).jobs_waiting for text in ("", " 3 ", "010")] == [
        20,
        3,
        10,
    ]
    for text in ("many", "0", "-1", "2.5", "9" * 10, "nan"):
        with pytest.raises(
            ValueError, match=rf"CONCEPTS_JOBS_WAITING is '{text}': expected a whole number of jobs abo"
        ):
            ServerSettings.of({"CONCEPTS_JOBS_WAITING": text})


@pytest.mark.parametrize("text", ["much", "0", "-1", "nan", "inf", "4 GB"])
def test_a_limit_that_is_no_number_is_refused(text):
    with pytest.raises(ValueError, match=rf"CONCEPTS_JOB_MEMORY is '{text}': expected a number of GB above 0"):
        ServerSettings.of({"CONCEPTS_JOB_MEMORY": text})
