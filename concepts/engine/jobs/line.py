"""The line of jobs that wait for a slot, as files that every process of a workspace can see.

Nothing here needs a lock: a waiting job has a file that it touches, and each looks at all of them whether it is next.
Times are those of the files, so that they come from one clock, the file server's. Two who take themselves for the next
one at the same moment do no harm: a slot itself is a lock, which one of them gets.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from concepts.engine.fair_order import Waiting, fair_order
from concepts.engine.jobs.job import REQUEST, Job, Task
from concepts.engine.quotas import owner_key
from concepts.storage.store import write_text

SLOTS = 2  # maximum number of working processes per workspace and task: short ones do not wait behind long ones
SLOTS_OF: dict[Task, int] = {"reports": 1}  # where it is another one: a run has several processes by itself
LOOK = 0.5  # seconds between two looks of a waiting job
FRESH = 10.0  # seconds without a sign after which a waiting job is passed over: its process is stopped or killed
GONE = 3600.0  # seconds after which its file is removed


def slots_of(task: Task) -> int:
    """How many jobs of a task work at a time in a workspace."""
    return SLOTS_OF.get(task, SLOTS)


@dataclass(frozen=True)
class Line:
    """The line of a task. most: slots that one owner may hold; None: all of them. "" is one owner without a limit."""

    jobs: Path
    task: str
    slots: int = SLOTS
    most: int | None = None

    @property
    def _folder(self) -> Path:
        return self.jobs / ".queue" / self.task

    @property
    def _served(self) -> Path:
        return self._folder / ".served"

    @contextmanager
    def slot_for(self, job: Job, each_look: Callable[[], None]) -> Iterator[None]:
        """Waits for the job's turn, and holds a slot while the block runs.

        each_look: called twice a second while the job waits; what it raises takes the job out of the line.
        """
        owner = owner_key(job.owner)
        file = self._file(job, owner)
        try:
            while (slot := self._slot_taken(file, job, owner)) is None:
                each_look()
                time.sleep(LOOK)
        finally:
            file.unlink(missing_ok=True)
        try:
            yield
        finally:
            slot.release()

    def _file(self, job: Job, owner: str) -> Path:
        """The job's place in the line, from the time of its request on."""
        self._served.mkdir(parents=True, exist_ok=True)
        return self._folder / f"{(job.folder / REQUEST).stat().st_mtime_ns:020d}.{owner}.{job.id}"

    def _slot_taken(self, file: Path, job: Job, owner: str) -> FileLock | None:
        """A slot, if the job with this file is the next one and there is one; shows that it waits."""
        file.touch()
        if not self._is_next(file):
            return None
        for i in range(self.slots):
            slot = self._lock(i)
            with suppress(Timeout):
                slot.acquire(timeout=0)
                (self._served / owner).touch()  # before anybody can see the job at work
                write_text(self._slot(i), f"{owner}.{job.id}", durable=False)
                return slot
        return None

    def _is_next(self, file: Path) -> bool:
        """Whether the job is the first in the line, and its owner may hold one more slot."""
        waiting, holding = self.waiting(since=file.stat().st_mtime), self._holding()
        order = fair_order(waiting, self._last_served(), holding=holding, most=self.most)
        wish = _wish(file.name)
        full = self.most is not None and holding.get(wish.owner, 0) >= self.most
        return not full and order[:1] == [wish]

    def waiting(self, *, since: float | None = None) -> list[Waiting]:
        """The jobs that wait and have shown so lately. since: the present moment by the clock of the files."""
        now, found = time.time() if since is None else since, []
        for file in self._folder.glob("[!.]*"):
            with suppress(OSError, ValueError):  # it has its slot by now; or is no file of a line
                age = abs(now - file.stat().st_mtime)  # a clock that was set back makes it no younger
                if age < FRESH:
                    found.append(_wish(file.name))
                elif age > GONE:
                    file.unlink(missing_ok=True)
        return found

    def order(self) -> list[Waiting]:
        """The jobs that wait, by `name`, in the order in which they get slots if nobody else comes."""
        return fair_order(self.waiting(), self._last_served(), holding=self._holding(), most=self.most)

    def holders(self) -> list[tuple[str, str]]:
        """(owner's key, id) of the job that took each slot last; ("", "") for a slot that nobody has taken yet."""
        return [self._holder(i) for i in range(self.slots)]

    def _lock(self, slot: int) -> FileLock:
        """The lock that whoever has the slot holds."""
        return FileLock(self.jobs / f"{self.task}-slot-{slot}.lock")

    def _slot(self, slot: int) -> Path:
        return self._folder / f".slot-{slot}"

    def _holder(self, slot: int) -> tuple[str, str]:
        with suppress(OSError, UnicodeDecodeError):
            owner, _, id = self._slot(slot).read_text(encoding="utf-8").partition(".")
            return owner, id
        return "", ""

    def _holding(self) -> dict[str, int]:
        """Owner's key → slots held now; looked at only where their number is limited. Nobody's do not count."""
        held: dict[str, int] = {}
        if self.most is not None:
            for i, (owner, _) in enumerate(self.holders()):
                if owner not in ("", NOBODY) and self._is_held(i):
                    held[owner] = held.get(owner, 0) + 1
        return held

    def _is_held(self, slot: int) -> bool:
        try:
            with self._lock(slot).acquire(timeout=0):
                return False
        except Timeout:
            return True

    def _last_served(self) -> dict[str, float]:
        """Owner's key → the time of the file that is touched when a slot is taken."""
        found = {}
        for file in self._served.glob("[!.]*"):
            with suppress(OSError):
                found[file.name] = file.stat().st_mtime
        return found


def _wish(name: str) -> Waiting:
    """What the name of a file in the line says. Raises ValueError for another name."""
    since, owner, id = name.split(".", 2)
    return Waiting(int(since), id, owner)


NOBODY = owner_key("")
