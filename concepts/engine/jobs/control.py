"""Start, find, cancel and remove jobs, with any executor."""

import time
from pathlib import Path

from concepts.engine.ensembles import Views
from concepts.engine.executors.limits import WAITING
from concepts.engine.executors.processes import PROCESSES
from concepts.engine.jobs.job import REQUEST, TASKS, Executor, Job, JobOnDisk, JobRequest, JobState, ManyClasses, Task
from concepts.engine.jobs.queue import place_in_queue
from concepts.engine.quotas import NO_QUOTAS, Quotas
from concepts.report.request import Request
from concepts.storage.ages import last_change
from concepts.storage.listing import Listing, list_folders
from concepts.storage.store import discard, sweep
from concepts.storage.typed_json import write_typed


def submit(
    request: Request,
    workspace: Path,
    *,
    task: Task = "report",
    many: ManyClasses | None = None,
    views: Views | None = None,
    executor: Executor = PROCESSES,
    most_waiting: int = WAITING,
    owner: str = "",
    quotas: Quotas = NO_QUOTAS,
) -> Job:
    """The job of this request, started unless it is already running; equal requests share one job.

    many: the classes of the task `reports`; other classes of an equal request are the same job. views: those of the
    task `ensemble`; an equal request with other views is another job.

    A job that failed, was cancelled or was killed starts again and continues after its last finished stage. A damaged
    folder of this request is removed first. Raises QueueFullError, a ValueError, where `most_waiting` jobs of the task
    wait already. owner: who starts it, "" for nobody; a job that is under way stays with whom it was started by.
    Raises QuotaError where the owner's jobs may not wait or work any more.
    """
    if task not in TASKS:
        raise ValueError(f"unknown task {task!r}: choose one of {', '.join(TASKS)}")
    asked = JobRequest(task, request, owner, many, views)
    job = Job(workspace / "jobs" / asked.id, executor)
    if job.folder.is_dir() and under_way(job):
        return job
    with place_in_queue(workspace, task, executor, most_waiting, owner=owner, quotas=quotas):
        if job.folder.is_dir() and job.damaged:
            discard(job.folder)
        job.folder.mkdir(exist_ok=True)
        (job.folder / "cancel").unlink(missing_ok=True)
        write_typed(job.folder / REQUEST, asked)
        job.write(JobState(started=time.time()))
    executor.start(job)
    return job


def find(workspace: Path, id: str, *, executor: Executor = PROCESSES) -> Job | None:
    """The job with that id, or None."""
    folder = workspace / "jobs" / Path(id).name
    return Job(folder, executor) if id and (folder / REQUEST).is_file() else None


def read_jobs(
    workspace: Path, *, task: Task = "report", executor: Executor = PROCESSES, most: int | None = None
) -> Listing[JobOnDisk]:
    """The jobs of a task, newest first, at most so many; and the folders, as new as these, that hold no valid job."""
    return list_folders(
        [workspace / "jobs"], lambda folder: Job(folder, executor).read(), start=f"{task}-", order=_submitted, most=most
    )


def list_jobs(workspace: Path, *, task: Task = "report", executor: Executor = PROCESSES) -> list[Job]:
    """All jobs of `read_jobs`, without what was left out."""
    return [each.job for each in read_jobs(workspace, task=task, executor=executor).found]


def _submitted(folder: Path) -> float:
    """Seconds since 1970; 0 where there is no request."""
    try:
        return last_change(folder / REQUEST)
    except OSError:
        return 0.0


def under_way(job: Job) -> bool:
    """True for an unfinished job; where its state cannot be read, for one whose worker is there."""
    try:
        return not job.state.finished
    except (ValueError, OSError):
        return not job.executor.lost(job, JobState())


def cancel(job: Job) -> None:
    """Requests the job to stop, which it does at its next step. Finished stages stay in the store.

    One that was removed meanwhile is left alone.
    """
    try:
        (job.folder / "cancel").touch()
    except FileNotFoundError:
        return
    job.executor.stop(job)


def remove(job: Job) -> None:
    """Deletes a finished job's folder, which vanishes as a whole: a page may be reading it. Its report and the store
    stay."""
    if not under_way(job):
        discard(job.folder)
        sweep(job.folder.parent)  # what a process left that ended while it did this
