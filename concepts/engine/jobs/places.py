"""Where in the line a waiting job stands, and about how long until it begins."""

import heapq
import statistics
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from concepts.engine.jobs.control import read_jobs
from concepts.engine.jobs.job import Executor, Job, JobState, Task
from concepts.engine.jobs.line import Line, slots_of

PAST, ENOUGH = 20, 3  # ended jobs that are looked at, newest first; that a middle duration needs


@dataclass(frozen=True)
class QueuePlace:
    """A job's place among the n of its kind that wait, 1 for the next one.

    seconds: until it begins if nobody else comes; None where that is not known.
    """

    place: int
    n: int
    seconds: float | None


def queue_place(job: Job, *, most: int | None = None) -> QueuePlace | None:
    """The place of one job, as `queue_places`; None where it does not wait."""
    return queue_places(job.workspace, job.task, executor=job.executor, most=most).get(job.id)


def queue_places(workspace: Path, task: Task, *, executor: Executor, most: int | None = None) -> dict[str, QueuePlace]:
    """Id → place of each job of a task whose worker waits for a slot; a job that is being started is not among them.

    most: slots that one owner may hold (`Quotas.running`).
    """
    line = Line(workspace / "jobs", task, slots_of(task), most)
    order = line.order()
    if not order:
        return {}
    middle = _middle_duration(workspace, task, executor)
    left = [_seconds_left(workspace / "jobs" / id, executor, middle) if id else 0.0 for _, id in line.holders()]
    waits = seconds_until_begin(len(order), left, middle)
    return {
        wish.name: QueuePlace(i + 1, len(order), seconds)
        for i, (wish, seconds) in enumerate(zip(order, waits, strict=True))
    }


def seconds_until_begin(n: int, left: Sequence[float | None], duration: float | None) -> list[float | None]:
    """Seconds until each of n waiting jobs begins, in their order, if each takes the same duration.

    left: of each slot, the seconds until it is free, 0 for a free one. None is what is not known: of one slot, then
    nothing is known; of the duration, then nothing after the first job.
    """
    if not left or any(seconds is None for seconds in left):
        return [None] * n
    free = [seconds for seconds in left if seconds is not None]
    heapq.heapify(free)
    waits: list[float | None] = []
    while len(waits) < n and (duration is not None or not waits):
        waits.append(free[0])
        heapq.heapreplace(free, free[0] + (duration or 0.0))
    return waits + [None] * (n - len(waits))


def _middle_duration(workspace: Path, task: Task, executor: Executor) -> float | None:
    """The median duration of the newest jobs that were done; None for too few."""
    newest = [each.state for each in read_jobs(workspace, task=task, executor=executor, most=PAST).found]
    taken = [max(0.0, state.updated - state.started) for state in newest if state.status == "done"]
    return statistics.median(taken) if len(taken) >= ENOUGH else None


def _seconds_left(folder: Path, executor: Executor, middle: float | None) -> float | None:
    """Seconds until the job that took a slot last leaves it: by its own estimate, else by the middle duration."""
    state = JobState(status="done")
    with suppress(ValueError, OSError):  # it has been removed
        state = Job(folder, executor).state
    if state.status != "running":
        return 0.0
    if state.seconds_left is not None:
        return max(0.0, state.seconds_left - (time.time() - state.updated))
    return None if middle is None else max(0.0, middle - (time.time() - state.started))
