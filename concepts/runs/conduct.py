"""Conducts a run: which task is next, what has ended, and what is told meanwhile."""

import time
import uuid
from collections import deque
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypedDict

from concepts.data.nouns import noun_of
from concepts.engine.tasks.task import Task, TaskExecutor
from concepts.runs.class_report import stands
from concepts.runs.failures import Failure, failure_of, forget_failure, write_failure
from concepts.runs.looked import has_looked
from concepts.runs.run import WORK, RunClass, RunFolder
from concepts.runs.seen import wait_until_seen
from concepts.runs.table import Table
from concepts.runs.window import window_of
from concepts.runs.work import PERFORM, Order, Outcome
from concepts.storage.store import discard

EVERY = 0.5  # seconds between two tables

Told = Callable[[Table], None]
HasRoom = Callable[[Sequence[RunClass]], bool]


class _Common(TypedDict):
    """What all orders of a command have."""

    folder: str
    key: str
    session: str


class Conductor:
    """One command's work on a run. told: called with the table, at most a few times a second and at the end.

    A class is begun when there is room for it: so many classes at a time have activations on the disk (`window`), and
    as many as the disk has room for when it is begun, by has_room, which is asked about all classes under way. Parts of
    a class are tasks, and when they have ended, its report is one. Raises ValueError where the run cannot go on; what
    is finished is kept.
    """

    def __init__(
        self, folder: RunFolder, executor: TaskExecutor, told: Told, has_room: HasRoom = lambda classes: True
    ) -> None:
        self.folder, self.executor, self.told, self.has_room = folder, executor, told, has_room
        self.run = folder.run
        self._needs_gpu = self.run.request.device.startswith("cuda")
        self.session = uuid.uuid4().hex[:12]
        self._noted = 0.0
        self._written: list[Path] = []  # files, by tasks that have ended
        self._is_first = self.run.shares  # the class under way makes what all share

    @property
    def window(self) -> int:
        """How many classes are under way at a time: the first one alone where it makes what all share."""
        return 1 if self._is_first else window_of(self.executor.slots)

    def look(self) -> None:
        """Takes the first look at all photos, where the run has one; what was looked at is not looked at again."""
        waiting = deque(i for i in range(self.run.n_looks) if not has_looked(self.folder, i))
        names: dict[str, int] = {}
        while waiting or names:
            while waiting and len(names) < 2 * self.window:
                number = waiting.popleft()
                names[self._submit(Order(**self._common, kind="look", number=number))] = number
            done = 1 - (len(waiting) + len(names)) / self.run.n_looks
            self._tell(Table(0, 0, 0, len(self.run.classes), looked=done))
            if (found := self._next()) is not None:
                key, outcome = found
                number = names.pop(key)
                if outcome.status == "failed":
                    raise ValueError(outcome.line)
                self._written.append(self.folder.look(number))
        wait_until_seen(self._written)

    def reports(self, classes: Sequence[int]) -> list[Failure]:
        """Makes the reports of these classes, by their places in the run; returns those that failed."""
        counts = _Counts(self.run.classes, classes, sum(stands(self.folder, each) for each in self.run.classes))
        waiting, under_way = deque(classes), dict[int, set[str]]()  # of a class under way: keys of its tasks
        while waiting or under_way:
            while waiting and self._may_begin(waiting[0], under_way):
                number = waiting.popleft()
                under_way[number] = self._begin(number)
            self._tell(counts.table(len(under_way), len(waiting)))
            if (found := self._next()) is not None:
                self._advance(under_way, counts, *found)
        wait_until_seen(self._written)
        self._tell(counts.table(0, 0), at_once=True)
        self._clear(classes)
        return counts.failures

    def _may_begin(self, number: int, under_way: Collection[int]) -> bool:
        """Whether a class is begun beside those under way: workers may have come since the disk was looked at."""
        beside = [self.run.classes[i] for i in (*under_way, number)]
        return not under_way or (len(under_way) < self.window and self.has_room(beside))

    def _clear(self, classes: Sequence[int]) -> None:
        """Removes what only a run under way needs: what its classes share, marks of attempts."""
        if self.run.shares:
            discard(self.folder.store_of(self.run.classes[classes[0]]))
        for attempts in (self.folder.path / WORK).glob("attempts-*"):  # of commands that were stopped, too
            discard(attempts)

    def _advance(self, under_way: dict[int, set[str]], counts: "_Counts", key: str, outcome: Outcome) -> None:
        """What the end of a task means for its class: the report comes next, or the class has ended.

        A part that failed is told by the report, which needs it.
        """
        number = next(number for number, keys in under_way.items() if key in keys)
        under_way[number].discard(key)
        if under_way[number]:
            return
        if key.startswith("part-"):
            under_way[number].add(self._submit_class(number))
            return
        del under_way[number]
        self._is_first = False
        counts.ended(number, self._conclude(number, outcome))

    def _begin(self, number: int) -> set[str]:
        """Submits the tasks of a class that come first: its parts, or its report where it has one part."""
        each = self.run.classes[number]
        n = 1 if self.run.shares and not self._is_first else self.run.n_parts(each)
        if n == 1:
            return {self._submit_class(number)}
        return {self._submit(Order(**self._common, kind="part", number=part, each=each)) for part in range(n)}

    def _submit_class(self, number: int) -> str:
        return self._submit(Order(**self._common, kind="class", each=self.run.classes[number]))

    def _conclude(self, number: int, outcome: Outcome) -> Failure | None:
        """What the end of a class's report means: a failure, written down, or none. Neither leaves stages behind."""
        each = self.run.classes[number]
        if outcome.status == "done" or stands(self.folder, each):
            forget_failure(self.folder, each)
            self._written.append(self.folder.done(each))
            return None
        failure = Failure(each.label, outcome.line)
        write_failure(self.folder, each, failure)
        if not self.run.shares:
            discard(self.folder.store_of(each))
        return failure

    @property
    def _common(self) -> _Common:
        return {"folder": str(self.folder.path), "key": self.run.key, "session": self.session}

    def _submit(self, order: Order) -> str:
        key = f"{order.name}-{self.session}"
        self.executor.submit(Task(key, PERFORM, order.to_json(), self._needs_gpu))
        return key

    def _next(self) -> tuple[str, Outcome] | None:
        """The task that ended next, if one does soon. Raises ValueError where its outcome stops the run."""
        ended = self.executor.next(EVERY)
        if ended is None:
            return None
        if ended.is_unfit:
            raise ValueError(f"a worker cannot do what the run asks ({ended.error}): install the same on all machines")
        outcome = Outcome("failed", ended.error) if ended.result is None else Outcome.from_json(ended.result)
        if outcome.status == "stop":
            raise ValueError(outcome.line)
        return ended.key, outcome

    def _tell(self, table: Table, *, at_once: bool = False) -> None:
        if at_once or time.monotonic() - self._noted >= EVERY:
            self.told(replace(table, workers=self.executor.slots, needs_gpu=self._needs_gpu))
            self._noted = time.monotonic()


class _Counts:
    """How many classes have ended, and how fast."""

    def __init__(self, classes: Sequence[RunClass], chosen: Sequence[int], already: int) -> None:
        self.classes, self.begin = classes, time.monotonic()
        self.done, self.failures = already, list[Failure]()
        self.left = sum(classes[i].n_items for i in chosen)
        self.whole = self.left

    def ended(self, number: int, failure: Failure | None) -> None:
        self.left -= self.classes[number].n_items
        if failure is None:
            self.done += 1
        else:
            self.failures.append(failure)

    def table(self, n_running: int, n_waiting: int) -> Table:
        worked = self.whole - self.left
        seconds = (time.monotonic() - self.begin) * self.left / worked if worked else None
        return Table(self.done, n_running, len(self.failures), n_waiting, seconds_left=seconds,
                     failures=tuple(self.failures))  # fmt: skip


def to_do(folder: RunFolder, *, retry: bool) -> tuple[list[int], list[Failure]]:
    """The places of the classes whose reports are to be made, and the failures that stay as they are.

    A report that stands is not made again, nor, unless retry is asked for, one that has failed.
    """
    chosen, failures = list[int](), list[Failure]()
    for number, each in enumerate(folder.run.classes):
        if stands(folder, each):
            continue
        failure = None if retry else failure_of(folder, each)
        if failure is None and folder.run.answered and each.n_items == 0:
            noun = noun_of(folder.run.request.kind)
            failure = Failure(each.label, f"the model answers no {noun} with this class: leave it out, or add {noun}s")
        if failure is None:
            chosen.append(number)
        else:
            failures.append(failure)
    return chosen, failures
