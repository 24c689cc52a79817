"""The time that each person's jobs have worked: a small file for each piece of work, kept for two days."""

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from concepts.engine.quotas import DAY, Quotas, owner_key
from concepts.storage.store import write_text
from concepts.storage.typed_json import Moment, Positive, read_typed, write_typed

EVERY = 5.0  # seconds between two notes: what a job that is killed worked since the last one is not counted
KEPT = 2 * DAY
OWNER = ".owner"  # the file with the name of the owner


@dataclass(frozen=True)
class Work:
    """started: seconds since 1970; seconds: worked since."""

    started: Moment
    seconds: Positive

    @property
    def ended(self) -> float:
        """The end, or the last note of it."""
        return self.started + self.seconds

    def since(self, moment: float) -> float:
        """The seconds of it that came after a moment."""
        return max(0.0, min(self.seconds, self.ended - moment))


@contextmanager
def counted_work(jobs: Path, owner: str) -> Iterator[None]:
    """Notes how long the block takes, while it goes on and when it ends; nothing for "", which is nobody."""
    if not owner:
        yield
        return
    folder, started, begun = _folder(jobs, owner), time.time(), time.monotonic()
    file, ended = folder / f"{started:.3f}-{os.getpid()}-{threading.get_ident()}.json", threading.Event()

    def note() -> None:
        with suppress(ValueError, OSError):  # a full disk ends no job here
            write_typed(file, Work(started, time.monotonic() - begun), durable=False)

    def note_again() -> None:
        while not ended.wait(EVERY):
            note()

    note()
    _name(folder, owner)
    _forget_old(folder)
    noting = threading.Thread(target=note_again, daemon=True)
    noting.start()
    try:
        yield
    finally:
        ended.set()
        noting.join()
        note()


def work_of(jobs: Path, owner: str) -> list[Work]:
    """What the jobs of an owner have worked in the last two days, also those that are removed by now."""
    found = []
    for file in _folder(jobs, owner).glob("[!.]*.json"):
        with suppress(ValueError, OSError):
            found.append(read_typed(Work, file))
    return found


@dataclass(frozen=True)
class Used:
    """What an owner's jobs have worked in the last 24 hours. until_less: seconds until some of it is longer ago."""

    seconds: float
    until_less: float


def used_in_a_day(jobs: Path, owner: str, *, now: float | None = None) -> Used:
    """What the jobs of an owner have worked in the 24 hours before now, seconds since 1970; None: this moment."""
    now = time.time() if now is None else now
    work = [each for each in work_of(jobs, owner) if each.ended > now - DAY]
    used = sum(each.since(now - DAY) for each in work)
    return Used(used, min((each.started for each in work), default=now) + DAY - now)


def check_minutes(jobs: Path, owner: str, quotas: Quotas) -> None:
    """Raises QuotaError where the owner's jobs have worked for as long as they may in 24 hours."""
    if owner and quotas.minutes is not None:
        used = used_in_a_day(jobs, owner)
        quotas.check_minutes(used.seconds, used.until_less)


def owners_with_minutes(jobs: Path) -> set[str]:
    """The names of those whose jobs have worked lately, also where these are removed by now."""
    found = set()
    for file in (jobs / ".minutes").glob(f"*/{OWNER}"):
        with suppress(OSError, UnicodeDecodeError):
            name = file.read_text(encoding="utf-8")
            found |= {name} if file.parent == _folder(jobs, name) else set()
    return found


def _folder(jobs: Path, owner: str) -> Path:
    return jobs / ".minutes" / owner_key(owner)


def _name(folder: Path, owner: str) -> None:
    """Says whose the folder is, whose name is a key."""
    with suppress(ValueError, OSError):
        if not (folder / OWNER).is_file():
            write_text(folder / OWNER, owner, durable=False)


def _forget_old(folder: Path) -> None:
    for file in folder.glob("[!.]*.json"):
        with suppress(OSError):
            if time.time() - file.stat().st_mtime > KEPT:
                file.unlink()
