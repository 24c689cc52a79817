"""A job on disk: request.json, state.json, of an inspection result.json, log.txt, and a lock that its process holds
as long as it lives."""

import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, get_args

from filelock import FileLock, Timeout

from concepts.inspection import Inspection
from concepts.report.request import Request
from concepts.typed_json import Count, Positive, Share, read_typed, write_typed

Task = Literal["report", "inspect"]
TASKS: tuple[Task, ...] = get_args(Task)
Status = Literal["waiting", "running", "done", "failed", "cancelled", "interrupted"]
UNFINISHED = ("waiting", "running")
REQUEST, STATE, RESULT = "request.json", "state.json", "result.json"
GRACE = 30.0  # seconds in which a new process must have taken its lock


@dataclass(frozen=True)
class State:
    """How far a job is. An interrupted one has lost its process. started, updated: seconds since 1970."""

    status: Status = "waiting"
    stage: str = ""
    share: Share = 0.0  # of the stage
    done: Share = 0.0  # of the whole, by the usual weight of the stages
    started: Positive = 0.0
    updated: Positive = 0.0
    message: str = ""
    result: str = ""  # the report's id
    pid: Count = 0

    @property
    def finished(self) -> bool:
        return self.status not in UNFINISHED

    @property
    def seconds_left(self) -> float | None:
        """From the time that the done part took; None while nothing can be said."""
        if self.finished or self.done < 0.02:
            return None
        return (self.updated - self.started) * (1 - self.done) / self.done


@dataclass(frozen=True)
class JobRequest:
    """What request.json holds."""

    task: Task
    request: Request


@dataclass(frozen=True)
class Job:
    """A job's folder; `workspace` holds jobs/, reports/, store/."""

    folder: Path

    @property
    def id(self) -> str:
        return self.folder.name

    @property
    def workspace(self) -> Path:
        return self.folder.parent.parent

    @property
    def request(self) -> Request:
        return self._asked.request

    @property
    def task(self) -> Task:
        return self._asked.task

    @property
    def _asked(self) -> JobRequest:
        return read_typed(JobRequest, self.folder / REQUEST)

    @property
    def inspection(self) -> Inspection:
        """What the task `inspect` found."""
        return read_typed(Inspection, self.folder / RESULT)

    @property
    def lock(self) -> FileLock:
        return FileLock(self.folder / "lock")

    @property
    def log(self) -> Path:
        return self.folder / "log.txt"

    @property
    def state(self) -> State:
        """The state on disk; "interrupted" when it says unfinished and no process holds the lock."""
        file = self.folder / STATE
        state = read_typed(State, file) if file.is_file() else State()
        if state.status in UNFINISHED and time.time() - state.updated > _patience(state) and not self.alive():
            return replace(state, status="interrupted")
        return state

    def write(self, state: State) -> None:
        write_typed(self.folder / STATE, replace(state, updated=time.time()))

    def alive(self) -> bool:
        """Does a process hold the job's lock?"""
        try:
            with self.lock.acquire(timeout=0):
                return False
        except Timeout:
            return True

    @property
    def cancel_wanted(self) -> bool:
        return (self.folder / "cancel").is_file()


def _patience(state: State) -> float:
    return GRACE if state.pid == 0 else 1.0  # a process needs a while to start, none to be gone
