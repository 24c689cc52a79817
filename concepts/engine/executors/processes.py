"""Jobs in processes of this machine, each with a lock that it holds as long as it lives."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass

from filelock import FileLock, Timeout

from concepts.engine.jobs.job import Job, JobState
from concepts.storage.app_folder import PACKAGE

GRACE = 30.0  # seconds in which a new process must have taken its lock


@dataclass(frozen=True)
class Processes:
    """An `Executor`: a process a job, which outlives whoever started it; `worker` is what runs in it."""

    def start(self, job: Job) -> None:
        """Starts the process; its output goes to the job's log."""
        with job.log.open("ab") as log:
            subprocess.Popen(
                [sys.executable, "-P", "-m", "concepts.engine.jobs.worker", str(job.folder.resolve())],
                env=_environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # it outlives the server, and Ctrl-C there does not reach it
            )

    def stop(self, job: Job) -> None:
        """Interrupts the process, where there is one."""
        pid = job.state.pid
        if pid and running(job):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)

    def lost(self, job: Job, state: JobState) -> bool:
        """Has the process of a job that says it is unfinished gone? One needs a while to start, none to be gone."""
        patience = GRACE if state.pid == 0 else 1.0
        return time.time() - state.updated > patience and not running(job)


PROCESSES = Processes()


def lock_of(job: Job) -> FileLock:
    """What the job's process holds as long as it lives."""
    return FileLock(job.folder / "lock")


def running(job: Job) -> bool:
    """Does a process hold the job's lock?"""
    try:
        with lock_of(job).acquire(timeout=0):
            return False
    except Timeout:
        return True


def _environment() -> dict[str, str]:
    """This process's, in which the worker finds the package where it lies.

    The worker keeps the working folder, from which paths in a request are read, and searches it for no module (-P).
    """
    places = (str(PACKAGE.parent), os.environ.get("PYTHONPATH", ""))
    return os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, places))}
