"""The bound on jobs that wait for a free slot."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock

from concepts.engine.jobs.job import Executor, Job, Task
from concepts.storage.listing import list_folders

WORDS: dict[Task, tuple[str, str]] = {
    "report": ("analysis is", "analyses are"),
    "reports": ("run over many classes is", "runs over many classes are"),
    "inspect": ("look at a model is", "looks at models are"),
    "photos": ("upload is", "uploads are"),
    "texts": ("look at texts is", "looks at texts are"),
    "pooling": ("comparison of poolings is", "comparisons of poolings are"),
}


class QueueFullError(ValueError):
    """As many jobs wait as may."""


@contextmanager
def place_in_queue(workspace: Path, task: Task, executor: Executor, most: int) -> Iterator[None]:
    """Lets one caller at a time add a job within the block. Raises QueueFullError where none of the task may wait."""
    jobs = workspace / "jobs"
    jobs.mkdir(parents=True, exist_ok=True)
    with FileLock(jobs / f"{task}-queue.lock"):
        check_queue(workspace, task, executor, most)
        yield


def check_queue(workspace: Path, task: Task, executor: Executor, most: int) -> None:
    """Raises QueueFullError where `most` jobs of the task wait in the workspace already."""
    jobs = list_folders([workspace / "jobs"], lambda folder: Job(folder, executor).state, start=f"{task}-").found
    n_waiting = sum(state.status == "waiting" for state in jobs)
    if n_waiting >= most:
        raise QueueFullError(
            f"{n_waiting} {WORDS[task][n_waiting > 1]} waiting, and no more than {most} may: try again when that has "
            "changed, or ask the operator for more (CONCEPTS_JOBS_WAITING)"
        )
