"""The bounds on jobs that wait for a free slot: of all, and of one owner."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock

from concepts.engine.jobs.job import Executor, Job, Task
from concepts.engine.jobs.minutes import check_minutes
from concepts.engine.quotas import NO_QUOTAS, Quotas
from concepts.storage.listing import list_folders

WORDS: dict[Task, tuple[str, str]] = {
    "report": ("analysis is", "analyses are"),
    "reports": ("run over many classes is", "runs over many classes are"),
    "inspect": ("look at a model is", "looks at models are"),
    "photos": ("upload is", "uploads are"),
    "texts": ("look at texts is", "looks at texts are"),
    "pooling": ("comparison of poolings is", "comparisons of poolings are"),
    "ensemble": ("ensemble is", "ensembles are"),
    "compression": ("comparison of codes is", "comparisons of codes are"),
}


class QueueFullError(ValueError):
    """As many jobs wait as may."""


@contextmanager
def place_in_queue(
    workspace: Path, task: Task, executor: Executor, most: int, *, owner: str = "", quotas: Quotas = NO_QUOTAS
) -> Iterator[None]:
    """Lets one caller at a time add a job within the block. Raises as `check_queue`."""
    jobs = workspace / "jobs"
    jobs.mkdir(parents=True, exist_ok=True)
    with FileLock(jobs / f"{task}-queue.lock"):
        check_queue(workspace, task, executor, most, owner=owner, quotas=quotas)
        yield


def check_queue(
    workspace: Path, task: Task, executor: Executor, most: int, *, owner: str = "", quotas: Quotas = NO_QUOTAS
) -> None:
    """Raises QueueFullError where `most` jobs of the task wait in the workspace already.

    Raises QuotaError, without looking at others, where the owner's jobs may not wait or work any more.
    """
    check_minutes(workspace / "jobs", owner, quotas)
    owners = _owners_of_waiting(workspace, task, executor)
    if owner:
        quotas.check_waiting(owners.count(owner), WORDS[task])
    n_waiting = len(owners)
    if n_waiting >= most:
        raise QueueFullError(
            f"{n_waiting} {WORDS[task][n_waiting > 1]} waiting, and no more than {most} may: try again when that has "
            "changed, or ask the operator for more (CONCEPTS_JOBS_WAITING)"
        )


def _owners_of_waiting(workspace: Path, task: Task, executor: Executor) -> list[str]:
    """The owner of each job of the task that waits."""

    def owner_of(folder: Path) -> str | None:
        job = Job(folder, executor)
        return job.owner if job.state.status == "waiting" else None

    found = list_folders([workspace / "jobs"], owner_of, start=f"{task}-").found
    return [owner for owner in found if owner is not None]
