"""Start, find, cancel and remove jobs. There is no scheduler: a job waits for one of the workspace's slots itself."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

from concepts.app_folder import PACKAGE
from concepts.jobs.folder import REQUEST, TASKS, Job, JobRequest, State, Task
from concepts.report.request import Request
from concepts.typed_json import write_typed


def submit(request: Request, workspace: Path, *, task: Task = "report") -> Job:
    """The job of this request, started unless it is already under way; the same request is the same job.

    A job that failed, was cancelled or was killed starts again and goes on from its last finished stage.
    """
    if task not in TASKS:
        raise ValueError(f"unknown task {task!r}: choose one of {', '.join(TASKS)}")
    job = Job(workspace / "jobs" / f"{task}-{request.key}")
    if job.folder.is_dir() and not job.state.finished:
        return job
    job.folder.mkdir(parents=True, exist_ok=True)
    (job.folder / "cancel").unlink(missing_ok=True)
    write_typed(job.folder / REQUEST, JobRequest(task, request))
    job.write(State(started=time.time()))
    _start(job)
    return job


def _start(job: Job) -> None:
    with job.log.open("ab") as log:
        subprocess.Popen(
            [sys.executable, "-P", "-m", "concepts.jobs.worker", str(job.folder.resolve())],
            env=_environment(),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,  # it outlives the server, and Ctrl-C there does not reach it
        )


def _environment() -> dict[str, str]:
    """This process's, in which the worker finds the package where it lies.

    The worker keeps the working folder, from which paths in a request are read, and searches it for no module (-P).
    """
    places = (str(PACKAGE.parent), os.environ.get("PYTHONPATH", ""))
    return os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, places))}


def find(workspace: Path, id: str) -> Job | None:
    """The job with that id; None when there is none."""
    folder = workspace / "jobs" / Path(id).name
    return Job(folder) if id and (folder / REQUEST).is_file() else None


def list_jobs(workspace: Path, *, task: str = "report") -> list[Job]:
    """All jobs of a task, the newest first."""
    folders = [file.parent for file in (workspace / "jobs").glob(f"{task}-*/{REQUEST}")]
    return [Job(folder) for folder in sorted(folders, key=lambda f: (f / REQUEST).stat().st_mtime, reverse=True)]


def cancel(job: Job) -> None:
    """Asks the job to stop; its process does so at the next step. What is finished stays in the store."""
    (job.folder / "cancel").touch()
    pid = job.state.pid
    if pid and job.alive():
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)


def remove(job: Job) -> None:
    """Deletes a finished job's folder; its report and the store stay."""
    if job.state.finished:
        shutil.rmtree(job.folder, ignore_errors=True)
