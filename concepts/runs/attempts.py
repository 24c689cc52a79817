"""The attempts at a task, as marks on disk: a process that dies leaves its mark, with the stage that it was in."""

import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from concepts.runs.run import WORK

MOST = 3  # attempts that may die in one stage
START = "start"


@dataclass(frozen=True)
class Attempts:
    """The attempts at one task within a session: one command, so that a command that is given again starts anew.

    No clock, lock or number of a process tells whether an attempt has died: an engine begins a task again when it has,
    so that the marks of others are of attempts that died, but for the rare one that an engine has lost sight of.
    """

    run: Path
    session: str
    task: str

    @property
    def _folder(self) -> Path:
        return self.run / WORK / f"attempts-{self.session}"

    @contextmanager
    def one(self) -> Iterator[Callable[[str], None]]:
        """Yields a function that notes the stage of this attempt, whose mark goes however the block ends.

        Raises ValueError where as many attempts as may have died in one stage.
        """
        self._check()
        self._folder.mkdir(parents=True, exist_ok=True)
        mark = _Mark(self._folder, self.task)
        try:
            yield mark.note
        finally:
            mark.clear()

    def _check(self) -> None:
        stages = Counter(_stage_of(mark) for mark in self._folder.glob(f"{self.task}.*"))
        for stage, n in stages.items():
            if n >= MOST:
                where = "as it began" if stage == START else f"at the stage “{stage}”"
                raise ValueError(
                    f"its worker died {n} times {where}: most likely memory ran out; use a smaller model, fewer "
                    "photos or fewer concepts, or give workers more memory, and try again (--retry)"
                )


class _Mark:
    """A file whose name says the task, the attempt and its stage; a rename notes another stage."""

    def __init__(self, folder: Path, task: str) -> None:
        self._start = folder / f"{task}.{uuid.uuid4().hex}"
        self._file = self._named(START)
        with suppress(FileNotFoundError):  # another command on this run has ended, and taken all marks with it
            self._file.touch()

    def note(self, stage: str) -> None:
        new = self._named(stage)
        if new != self._file:
            with suppress(OSError):  # the folder was removed
                self._file = self._file.rename(new)

    def clear(self) -> None:
        self._file.unlink(missing_ok=True)

    def _named(self, stage: str) -> Path:
        return self._start.with_name(f"{self._start.name}.{stage.replace(' ', '_')}")


def _stage_of(mark: Path) -> str:
    return mark.name.rpartition(".")[2].replace("_", " ")
