"""The state of a run in numbers, for the terminal and for a page."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from concepts.runs.failures import Failure
from concepts.runs.run import TABLE, RunFolder
from concepts.storage.typed_json import Count, Positive, Share, read_typed, write_typed

GPU = " with a GPU, that is started with --resources GPU=1,"
HEADER = f"{'done':>8}{'running':>9}{'failed':>8}{'waiting':>9}   time left"


@dataclass(frozen=True)
class Table:
    """Classes of a run by their state. looked: the share of photos that the first look has seen. seconds_left: None
    while it cannot be told. workers: tasks that run at a time. needs_gpu: whether each needs a worker with a GPU."""

    done: Count
    running: Count
    failed: Count
    waiting: Count
    looked: Share | None = None
    seconds_left: Positive | None = None
    failures: tuple[Failure, ...] = ()
    workers: Count = 1
    needs_gpu: bool = False

    @property
    def is_under_way(self) -> bool:
        """Whether some class is still to be done, or was when the command ended."""
        return self.running + self.waiting > 0

    def after(self, failures: Sequence[Failure]) -> "Table":
        """It with classes that failed before and are not tried again."""
        return replace(self, failed=self.failed + len(failures), failures=(*failures, *self.failures))

    @property
    def state(self) -> str:
        """The row without the time that is left: the same while nothing has happened."""
        alone = "" if self.workers else f" (no worker{GPU if self.needs_gpu else ''} is there yet)"
        if self.looked is not None:
            return f"a first look at the photos: {self.looked:.0%}{alone}"
        return f"{self.done:>8,}{self.running:>9,}{self.failed:>8,}{self.waiting:>9,}{alone}"

    @property
    def line(self) -> str:
        """A row below `HEADER`; of the first look, a line of its own."""
        if self.looked is not None:
            return self.state
        left = "not known yet" if self.seconds_left is None else duration(self.seconds_left)
        return f"{self.state}   {left}"


def duration(seconds: float) -> str:
    """Such as "40 s", "12 min", "3 h 20 min"."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60} min"


def write_table(folder: RunFolder, table: Table) -> None:
    """Keeps the table in the folder of the run, where other processes may read it."""
    write_typed(folder.path / TABLE, table, durable=False)


def read_table(folder: Path) -> Table:
    """The table of the run in a folder. Raises ValueError or OSError where there is none that can be read."""
    return read_typed(Table, folder / TABLE)
