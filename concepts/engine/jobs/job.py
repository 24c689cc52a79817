"""A job on disk: request.json, state.json, result.json for a look at a model or at texts, log.txt; and its executor."""

import time
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal, Protocol, get_args

from concepts.engine.ensembles import Views, ensemble_key
from concepts.engine.inspection import Inspection
from concepts.engine.texts_found import TextsFound
from concepts.report.request import Request
from concepts.storage.typed_json import Count, Moment, Share, read_typed, write_typed

Task = Literal["report", "reports", "inspect", "photos", "texts", "pooling", "ensemble", "compression"]
TASKS: tuple[Task, ...] = get_args(Task)
Status = Literal["waiting", "running", "done", "failed", "cancelled", "interrupted"]
UNFINISHED = ("waiting", "running")
LONGEST = 30 * 86_400.0  # seconds left that are believed
REQUEST, STATE, RESULT = "request.json", "state.json", "result.json"


@dataclass(frozen=True)
class JobState:
    """The progress of a job. "interrupted": its process has ended. started, updated: seconds since 1970."""

    status: Status = "waiting"
    stage: str = ""
    share: Share = 0.0  # of the stage
    done: Share = 0.0  # of the whole job, with the usual weights of the stages
    started: Moment = 0.0
    updated: Moment = 0.0
    message: str = ""
    result: str = ""  # the id of the report, or of what Compare shows
    pid: Count = 0

    @property
    def finished(self) -> bool:
        return self.status not in UNFINISHED

    @property
    def seconds_left(self) -> float | None:
        """Estimate from the time that the done part took; None while too little is done, or a clock was set since."""
        if self.finished or self.done < 0.02:
            return None
        left = (self.updated - self.started) * (1 - self.done) / self.done
        return left if 0 <= left < LONGEST else None


@dataclass(frozen=True)
class ManyClasses:
    """What the task `reports`, a run over many classes, is asked beside a request without a target.

    targets: a class or a group each, as a request takes it; () for all classes that have photos. workers: processes.
    retry: whether classes are tried again that have failed before.
    """

    targets: tuple[str, ...]
    workers: Count = 1
    retry: bool = False


@dataclass(frozen=True)
class JobRequest:
    """The content of request.json. owner: who started the job, "" for nobody, as in older files. many: of the task
    `reports` alone; views: of the task `ensemble` alone."""

    task: Task
    request: Request
    owner: str = ""
    many: ManyClasses | None = None
    views: Views | None = None

    @property
    def id(self) -> str:
        """The name of the job's folder. The owner, and the classes of a run, have no part in it."""
        return f"{self.task}-{self.request.key if self.views is None else ensemble_key(self.request, self.views)}"


class Executor(Protocol):
    """The interface that runs jobs, today in processes on this machine. Caller and worker communicate through the job's
    folder: request, progress, request to cancel, and result.
    """

    def start(self, job: "Job") -> None:
        """Makes `worker.Worker` run the job, at once or when there is a free slot."""
        ...

    def stop(self, job: "Job") -> None:
        """Interrupts a job that has to stop; without it, the job stops at its next step."""
        ...

    def lost(self, job: "Job", state: JobState) -> bool:
        """True where the job's worker has ended without a final state. Called only for unfinished jobs."""
        ...


@dataclass(frozen=True)
class Job:
    """A job's folder and its executor; `workspace` holds jobs/, reports/, store/."""

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
    def many(self) -> ManyClasses:
        """The classes of the task `reports`."""
        return self._asked.many or ManyClasses(())

    @property
    def views(self) -> Views:
        """The views of the task `ensemble`."""
        return self._asked.views or Views(())

    @property
    def owner(self) -> str:
        """Who started it last; "" for nobody."""
        return self._asked.owner

    @property
    def _asked(self) -> JobRequest:
        return read_typed(JobRequest, self.folder / REQUEST)

    @property
    def inspection(self) -> Inspection:
        """The result of the task `inspect`."""
        return read_typed(Inspection, self.folder / RESULT)

    @property
    def texts_found(self) -> TextsFound:
        """The result of the task `texts`."""
        return read_typed(TextsFound, self.folder / RESULT)

    def read(self) -> "JobOnDisk":
        """Its request and its state at this moment. Raises ValueError or OSError where one cannot be read."""
        return JobOnDisk(self, self.request, self.state)

    @property
    def damaged(self) -> bool:
        """True where its request or its state is not what a job writes; a file that may not be read is no proof."""
        try:
            self.read()
        except (ValueError, FileNotFoundError):
            return True
        except OSError:
            return False
        return False

    @property
    def log(self) -> Path:
        return self.folder / "log.txt"

    @property
    def state(self) -> JobState:
        """The state on disk; "interrupted" when it is unfinished and its worker has ended."""
        file = self.folder / STATE
        state = read_typed(JobState, file) if file.exists() else JobState()
        if not state.finished and self.executor.lost(self, state):
            return replace(state, status="interrupted")
        return state

    def write(self, state: JobState) -> None:
        write_state(self.folder, state)

    @property
    def cancel_wanted(self) -> bool:
        return (self.folder / "cancel").is_file()


@dataclass(frozen=True)
class JobOnDisk:
    """A job with its request and its state as they were read together."""

    job: Job
    request: Request
    state: JobState


def write_state(folder: Path, state: JobState) -> None:
    """Writes the state of the job in a folder, dated now.

    It is written several times a second: a state that a power failure takes is one of a job that it ended.
    """
    write_typed(folder / STATE, replace(state, updated=time.time()), durable=False)
