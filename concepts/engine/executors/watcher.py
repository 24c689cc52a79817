"""The process that starts a job's worker and watches it: `python -m concepts.engine.executors.watcher FOLDER`.

It is small, and outlives the worker: what stops the worker from outside, the operator's limits or the system, is said
in the job's state. While it lives it holds a lock, so that nobody takes the job for lost before the state says why it
ended. Modules that take long to import are imported after the worker has started.
"""

import argparse
import contextlib
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from concepts.engine.executors.limits import JobLimits

if TYPE_CHECKING:
    from concepts.engine.jobs.job import JobState
    from concepts.engine.jobs.minutes_left import MinutesLeft

EVERY = 0.2  # seconds between two looks
GRACE = 30.0  # seconds that a worker has to stop by itself
HANDOVER = GRACE + 10.0  # seconds in which the watcher of the same job's last start must have ended
KILLED = (
    "Its process was stopped by the system, most likely because the machine ran out of memory. What was finished is "
    "kept. Use a smaller model or fewer {}s, or start it again when less is running."
)
DIED = "Its process ended unexpectedly ({} {}, details in log.txt). What was finished is kept."


class Watcher:
    """Watches one worker, which is a session of its own, until it has ended and its end is on disk."""

    def __init__(
        self, folder: Path, limits: JobLimits, worker: "subprocess.Popen[bytes]", left: "MinutesLeft | None" = None
    ) -> None:
        """left: what says whether the job's owner has minutes left; None where these are not limited."""
        self.folder, self.limits, self.worker, self.left = folder, limits, worker, left
        self.started = time.time()
        self._asked = _inode(folder)
        self.reason = ""  # why the operator's limits stop the worker
        self._begun: float | None = None  # on the monotonic clock: when the work began, and the wish to stop was heard
        self._stopping: float | None = None

    def watch(self) -> None:
        """Returns when the worker has ended and its state on disk says how."""
        while True:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.worker.wait(EVERY)
                break
            self.look()
        self._conclude(self.worker.returncode)

    def look(self) -> None:
        """Stops the worker where it takes too much memory or time, or is no longer wanted."""
        if self.limits.memory is not None and not self.reason:
            used = memory_of_session(self.worker.pid)
            if self.limits.memory_reason(used):
                self.reason = self.limits.memory_reason(used, self._noun()) or ""
                self._signal(signal.SIGKILL)  # at once: before it takes the memory of others
        if self._stopping is not None:
            if time.monotonic() - self._stopping > GRACE:
                self._signal(signal.SIGKILL)
        elif self._unwanted():
            self._stopping = time.monotonic()
            self._signal(signal.SIGTERM)

    def _unwanted(self) -> bool:
        """Whether the worker is to stop by itself. False before it has noted its state: it may not hear it yet."""
        if self._begun is None and self._works():
            self._begun = time.monotonic()
        if self._begun is not None and not self.reason:
            worked = time.monotonic() - self._begun
            if self.limits.time_reason(worked) and self._is_at_work():
                self.reason = self.limits.time_reason(worked, self._noun()) or ""
        if self.left is not None and not self.reason and self.left.is_due() and self._is_at_work():
            self.reason = self.left.reason() or ""
        cancelled = (self.folder / "cancel").is_file() and self._has_noted()
        return bool(self.reason) or cancelled or self._is_asked_again()

    def _is_asked_again(self) -> bool:
        """Whether the job has ended and was started anew: its worker, which still draws, holds up the next one."""
        return _inode(self.folder) not in (None, self._asked) and not self._has_noted()

    def _works(self) -> bool:
        """Whether the work has begun; looked at only where its time is limited."""
        return self.limits.minutes is not None and self._is_at_work()

    def _is_at_work(self) -> bool:
        state = self._state()
        return state is not None and state.status == "running"

    def _has_noted(self) -> bool:
        state = self._state()
        return state is not None and state.pid == self.worker.pid

    def _state(self) -> "JobState | None":
        """The state on disk, of the worker or from before it; None where the job has been started anew since."""
        from concepts.engine.jobs.job import STATE, JobState
        from concepts.storage.typed_json import read_typed

        with contextlib.suppress(OSError, ValueError):
            state = read_typed(JobState, self.folder / STATE)
            ours = state.pid == self.worker.pid or (state.pid == 0 and state.updated <= self.started)
            return state if ours else None
        return None

    def _conclude(self, code: int) -> None:
        """Writes the final state of a worker that could not, or that the limits have stopped."""
        from concepts.engine.jobs.job import write_state

        if code == 0 and not self.reason:  # it has said its end, or another process had the job
            return
        state = self._state()
        if state is None or state.status == "done":
            return
        if self.reason:
            state = replace(state, status="failed", message=self.reason)
        elif state.finished:
            return
        elif self._stopping is not None:
            state = replace(state, status="cancelled", message="Cancelled.")
        else:
            state = replace(state, status="interrupted", message=_end(code, self._noun()))
        write_state(self.folder, state)
        if self.reason and self.left is not None and self.reason == self.left.said:
            self.left.record()

    def _noun(self) -> str:
        """What the job reads; "photo" where its request cannot be read."""
        from concepts.data.nouns import noun_of
        from concepts.engine.jobs.job import REQUEST, JobRequest
        from concepts.storage.typed_json import read_typed

        with contextlib.suppress(OSError, ValueError):
            return noun_of(read_typed(JobRequest, self.folder / REQUEST).request.kind)
        return noun_of("images")

    def _signal(self, number: int) -> None:
        """Sends a signal to the worker's session: for an order to stop, to the worker alone."""
        with contextlib.suppress(ProcessLookupError):
            if number == signal.SIGKILL:
                os.killpg(self.worker.pid, number)
            else:
                self.worker.send_signal(number)


def _end(code: int, noun: str) -> str:
    """What the exit code of a process says, as `subprocess` gives it."""
    if code == -signal.SIGKILL:
        return KILLED.format(noun)
    return DIED.format("signal" if code < 0 else "exit code", abs(code))


def _inode(folder: Path) -> int | None:
    """Tells the request of a job from the one that replaces it, also an equal one; None where there is none."""
    with contextlib.suppress(OSError):
        return (folder / "request.json").stat().st_ino  # REQUEST of jobs.job, which is not imported for it
    return None


def watch_lock(folder: Path) -> FileLock:
    """The lock that the watcher of a job holds as long as it lives."""
    return FileLock(folder / "watched.lock")


def memory_of_session(leader: int) -> int:
    """Bytes of main memory and swap that the processes of a session have for themselves; 0 where there is no /proc.

    Pages of files, which the system can drop, do not count.
    """
    return sum(map(_memory, filter(lambda pid: _session(pid) == leader, _pids())))


def _pids() -> list[int]:
    proc = Path("/proc")
    return [int(entry) for entry in os.listdir(proc) if entry.isdecimal()] if proc.is_dir() else []


def _session(pid: int) -> int | None:
    with contextlib.suppress(OSError):
        return os.getsid(pid)
    return None


def _memory(pid: int) -> int:
    with contextlib.suppress(OSError):  # it has ended
        lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8", errors="replace").splitlines()
        own = [line.split() for line in lines if line.startswith(("RssAnon:", "RssShmem:", "VmSwap:"))]
        return sum(int(kilobytes) * 1024 for _, kilobytes, _ in own)
    return 0


def _left(folder: Path) -> "MinutesLeft | None":
    if not os.environ.get("CONCEPTS_PERSON_MINUTES", "").strip():
        return None
    from concepts.engine.jobs.minutes_left import minutes_left_of

    return minutes_left_of(folder, os.environ)


def main(arguments: list[str]) -> int:
    """Starts the worker of the job in a folder and watches it, unless it is watched already."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--memory", type=float)
    parser.add_argument("--minutes", type=float)
    options = parser.parse_args(arguments)
    with contextlib.suppress(Timeout), watch_lock(options.folder).acquire(timeout=HANDOVER):
        worker = subprocess.Popen(
            [sys.executable, "-P", "-m", "concepts.engine.jobs.worker", str(options.folder)], start_new_session=True
        )
        Watcher(options.folder, JobLimits(options.memory, options.minutes), worker, _left(options.folder)).watch()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
