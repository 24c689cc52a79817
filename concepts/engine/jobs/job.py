"""A job on disk: request.json, state.json, of an inspection result.json, log.txt; and what runs it."""

import time
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal, Protocol, get_args

from concepts.engine.inspection import Inspection
from concepts.report.request import Request
from concepts.storage.typed_json import Count, Positive, Share, read_typed, write_typed

Task = Literal["report", "inspect"]
TASKS: tuple[Task, ...] = get_args(Task)
Status = Literal["waiting", "running", "done", "failed", "cancelled", "interrupted"]
UNFINISHED = ("waiting", "running")
REQUEST, STATE, RESULT = "request.json", "state.json", "result.json"


@dataclass(frozen=True)
class JobState:
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


class Executor(Protocol):
    """Where jobs run: in processes of this machine today. Both sides know a job by its folder, which says what was
    asked for, how far it is, whether it shall stop, and what came of it.
    """

    def start(self, job: "Job") -> None:
        """Sees to it that `worker.Worker` runs the job, at once or when there is room for it."""
        ...

    def stop(self, job: "Job") -> None:
        """Hastens the end of a job that is to stop; it hears of that at its next step in any case."""
        ...

    def lost(self, job: "Job", state: JobState) -> bool:
        """Has whoever worked on the job gone without a word? Asked only of jobs whose state is unfinished."""
        ...


@dataclass(frozen=True)
class Job:
    """A job's folder, and what runs it; `workspace` holds jobs/, reports/, store/."""

    folder: Path
    executor: Executor = field(compare=False, repr=False)

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
    def log(self) -> Path:
        return self.folder / "log.txt"

    @property
    def state(self) -> JobState:
        """The state on disk; "interrupted" when it says unfinished and nobody works on it any more."""
        file = self.folder / STATE
        state = read_typed(JobState, file) if file.is_file() else JobState()
        if not state.finished and self.executor.lost(self, state):
            return replace(state, status="interrupted")
        return state

    def write(self, state: JobState) -> None:
        write_typed(self.folder / STATE, replace(state, updated=time.time()))

    @property
    def cancel_wanted(self) -> bool:
        return (self.folder / "cancel").is_file()
