"""How many jobs are in which state, and how long those that ended took: for whoever watches the server."""

import threading
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from concepts.engine.executors.processes import PROCESSES
from concepts.engine.jobs.job import TASKS, Executor, Job, JobState, Status, Task
from concepts.storage.listing import list_folders

STATUSES: tuple[Status, ...] = get_args(Status)


@dataclass(frozen=True)
class EndedJob:
    """A job that has ended: its task, how, and the seconds that it worked."""

    task: Task
    status: Status
    seconds: float


@dataclass(frozen=True)
class JobCensus:
    """counts: jobs on disk by (task, status), every pair of them; ended: those that ended since the last look."""

    counts: dict[tuple[Task, Status], int]
    ended: tuple[EndedJob, ...]


class JobObserver:
    """Looks at the jobs of a workspace again and again; each one's end is told once.

    A job that ended before the observer began is counted, but its end is not told; one that was removed between two
    looks is missed. Safe to use from several threads.
    """

    def __init__(self, workspace: Path, *, executor: Executor = PROCESSES) -> None:
        self._jobs, self._executor = workspace / "jobs", executor
        self._since, self._lock = time.time(), threading.Lock()
        self._told: set[tuple[str, float]] = set()  # (id, time of its end)

    def look(self) -> JobCensus:
        """The jobs as they are now. What cannot be read is left out."""
        with self._lock:
            found = [(job, state) for task in TASKS for job, state in self._states(task)]
            ended = {(job.id, state.updated): (job, state) for job, state in found if state.finished}
            new = [each for end, each in ended.items() if end not in self._told and end[1] >= self._since]
            self._told = set(ended)
        counted = Counter((task_of(job), state.status) for job, state in found)
        counts = {(task, status): counted[task, status] for task in TASKS for status in STATUSES}
        return JobCensus(counts, tuple(_ended(job, state) for job, state in new))

    def _states(self, task: Task) -> tuple[tuple[Job, JobState], ...]:
        def read(folder: Path) -> tuple[Job, JobState]:
            job = Job(folder, self._executor)
            return job, job.state

        return list_folders([self._jobs], read, start=f"{task}-").found


def task_of(job: Job) -> Task:
    """The task that the job's folder is named after."""
    return next(task for task in TASKS if job.id.startswith(f"{task}-"))


def _ended(job: Job, state: JobState) -> EndedJob:
    return EndedJob(task_of(job), state.status, max(0.0, state.updated - state.started))
