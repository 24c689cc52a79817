"""A job on disk: request.json, state.json, log.txt, and a lock that its process holds as long as it lives."""

import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Literal, get_args

from filelock import FileLock, Timeout

from concepts.report.request import Request
from concepts.store import read_json, write_json
from concepts.typed_json import read_typed

Task = Literal["report", "inspect"]
TASKS: tuple[Task, ...] = get_args(Task)
UNFINISHED = ("waiting", "running")
GRACE = 30.0  # seconds in which a new process must have taken its lock


@dataclass(frozen=True)
class State:
    """How far a job is. status: waiting, running, done, failed, cancelled, or interrupted (its process is gone)."""

    status: str = "waiting"
    stage: str = ""
    share: float = 0.0  # of the stage
    done: float = 0.0  # of the whole, by the usual weight of the stages
    started: float = 0.0
    updated: float = 0.0
    message: str = ""
    result: str = ""  # the report's id
    pid: int = 0

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
        return read_typed(JobRequest, self.folder / "request.json")

    @property
    def result(self) -> Any:
        """What the task `inspect` found, as JSON."""
        return read_json(self.folder / "result.json")

    @property
    def lock(self) -> FileLock:
        return FileLock(self.folder / "lock")

    @property
    def log(self) -> Path:
        return self.folder / "log.txt"

    @property
    def state(self) -> State:
        """The state on disk; "interrupted" when it says unfinished and no process holds the lock."""
        file = self.folder / "state.json"
        state = State(**read_json(file)) if file.is_file() else State()
        if state.status in UNFINISHED and time.time() - state.updated > _patience(state) and not self.alive():
            return replace(state, status="interrupted")
        return state

    def write(self, state: State) -> None:
        write_json(self.folder / "state.json", asdict(replace(state, updated=time.time())))

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
