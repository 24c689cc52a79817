"""A task, how it ended, and the interface that runs tasks."""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from importlib import import_module
from typing import Protocol, Self

OURS = "concepts."  # the package whose functions may be called
LONGEST = 500  # characters of an error


@dataclass(frozen=True)
class Task:
    """Work for a process: texts only, so that nothing needs to be unpickled.

    key: unique. work: "concepts.room.module:function", which takes a text and returns one. given: that text. gpu:
    whether it needs a GPU.
    """

    key: str
    work: str
    given: str
    gpu: bool = False

    @property
    def function(self) -> Callable[[str], str]:
        """What does it. Raises ValueError for the name of a function that is not ours."""
        module, _, name = self.work.partition(":")
        if not module.startswith(OURS):
            raise ValueError(f"the task {self.work!r} is not one of this program: expected {OURS}…:function")
        found: Callable[[str], str] = getattr(import_module(module), name)
        return found

    def do(self) -> "Ended":
        """Does it in this process. An error is part of how it ended, in one line; it is never raised."""
        try:
            function = self.function
        except Exception as error:  # a library is missing here
            return Ended(self.key, error=line_of(error), is_unfit=True)
        try:
            return Ended(self.key, function(self.given))
        except Exception as error:
            return Ended(self.key, error=line_of(error))

    def to_json(self) -> str:
        """It in one line."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """The task of `to_json`."""
        return cls(**json.loads(text))


@dataclass(frozen=True)
class Ended:
    """How the task with this key ended: with a result, or with an error, a line. is_unfit: the process that had it can
    do none of its kind."""

    key: str
    result: str | None = None
    error: str = ""
    is_unfit: bool = False

    def to_json(self) -> str:
        """It in one line."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """The end of `to_json`."""
        return cls(**json.loads(text))


class TaskExecutor(Protocol):
    """Runs tasks in processes that live on and may keep what they have opened: the `Executor` of small work.

    A process that dies costs the task that it ran, which begins again; a task must bear to be done twice, also at the
    same time.
    """

    @property
    def slots(self) -> int:
        """How many tasks run at a time, at this moment; 0 where no process is there yet."""
        ...

    def submit(self, task: Task) -> None:
        """Lets a task be done when there is a process for it. Returns at once."""
        ...

    def next(self, seconds: float) -> Ended | None:
        """The next task that has ended, each once and in any order; None where none has within these seconds.

        Raises ValueError, in one line, where tasks can no longer be done.
        """
        ...

    def close(self) -> None:
        """Ends what still runs."""
        ...


def line_of(error: BaseException) -> str:
    """An error in one line: the words alone of wrong input, with its kind for any other."""
    words = " ".join(str(error).split())[:LONGEST]
    return words if isinstance(error, ValueError) else f"unexpected {type(error).__name__}: {words}"
