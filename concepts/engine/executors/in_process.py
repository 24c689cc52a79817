"""Tasks in this process, one after the other."""

from collections import deque

from concepts.engine.tasks.task import Ended, Task


class InProcess:
    """A `TaskExecutor` that does a task when the next end is asked for: for Python and tests, without a process."""

    slots = 1

    def __init__(self) -> None:
        self._waiting: deque[Task] = deque()

    def submit(self, task: Task) -> None:
        self._waiting.append(task)

    def next(self, seconds: float) -> Ended | None:
        return self._waiting.popleft().do() if self._waiting else None

    def close(self) -> None:
        self._waiting.clear()
