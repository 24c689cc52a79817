"""Jobs in processes on this machine, each holding a lock as long as it lives."""

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

GRACE = 30.0  # seconds within which a new process must take its lock


@dataclass(frozen=True)
class Processes:
    """An `Executor` with one process per job, which runs `worker` and outlives the process that started it."""

    def start(self, job: Job) -> None:
        """Starts the process; its output goes to the job's log."""
        with job.log.open("ab") as log:
            subprocess.Popen(
                [sys.executable, "-P", "-m", "concepts.engine.jobs.worker", str(job.folder.resolve())],
                env=_environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # the process outlives the server and its Ctrl-C
            )

    def stop(self, job: Job) -> None:
        """Interrupts the process, if there is one."""
        pid = job.state.pid
        if pid and running(job):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)

    def lost(self, job: Job, state: JobState) -> bool:
        """True where the process of an unfinished job has ended. A new process gets GRACE seconds to start."""
        patience = GRACE if state.pid == 0 else 1.0
        return time.time() - state.updated > patience and not running(job)


PROCESSES = Processes()


def lock_of(job: Job) -> FileLock:
    """The lock that the job's process holds as long as it lives."""
    return FileLock(job.folder / "lock")


def running(job: Job) -> bool:
    """True where a process holds the job's lock."""
    try:
        with lock_of(job).acquire(timeout=0):
            return False
    except Timeout:
        return True


def _environment() -> dict[str, str]:
    """This process's environment, with the package's folder on PYTHONPATH for the worker.

    The worker keeps the working folder, because paths in a request are relative to it, but imports no module from it
    (-P).
    """
    places = (str(PACKAGE.parent), os.environ.get("PYTHONPATH", ""))
    return os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, places))}
