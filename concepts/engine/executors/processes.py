"""Jobs in processes on this machine, each holding a lock as long as it lives."""

import subprocess
import sys
import time
from dataclasses import dataclass

from filelock import FileLock, Timeout

from concepts.engine.executors.environment import worker_environment
from concepts.engine.executors.limits import NO_LIMITS, JobLimits
from concepts.engine.executors.watcher import watch_lock
from concepts.engine.jobs.job import Job, JobState

WATCHER = "concepts.engine.executors.watcher"
GRACE = 30.0  # seconds within which a new process must take its lock


@dataclass(frozen=True)
class Processes:
    """An `Executor` with one process per job, which runs `worker` and outlives the process that started it.

    Beside it a small process, `watcher`, ends it by the limits, or when the job has been cancelled.
    """

    limits: JobLimits = NO_LIMITS

    def start(self, job: Job) -> None:
        """Starts the processes; their output goes to the job's log."""
        with job.log.open("ab") as log:
            subprocess.Popen(
                [sys.executable, "-P", "-m", WATCHER, str(job.folder.resolve()), *self.limits.options],
                env=worker_environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # the process outlives the server and its Ctrl-C
            )

    def stop(self, job: Job) -> None:
        """Does nothing: the watcher sees the wish on disk, and interrupts its own worker, never a number in a file."""

    def lost(self, job: Job, state: JobState) -> bool:
        """True where the process of an unfinished job has ended. A new process gets GRACE seconds to start.

        A state dated in the future, by a clock that ran ahead, gets none.
        """
        patience = GRACE if state.pid == 0 else 1.0
        return not 0 <= time.time() - state.updated <= patience and not running(job)


PROCESSES = Processes()


def lock_of(job: Job) -> FileLock:
    """The lock that the job's process holds as long as it lives."""
    return FileLock(job.folder / "lock")


def running(job: Job) -> bool:
    """True where a process holds the job's lock, or its watcher has not ended."""
    return _held(lock_of(job)) or _held(watch_lock(job.folder))


def _held(lock: FileLock) -> bool:
    try:
        with lock.acquire(timeout=0):
            return False
    except Timeout:
        return True
