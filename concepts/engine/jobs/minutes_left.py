"""Whether the owner of a job at work has minutes left; that it was stopped for want of them goes into the record."""

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from concepts.access import Act
from concepts.engine.jobs.job import REQUEST, JobRequest
from concepts.engine.jobs.minutes import EVERY, used_in_a_day
from concepts.engine.quotas import Quotas
from concepts.record import Entry, RecordStore
from concepts.storage.database import database_of
from concepts.storage.typed_json import read_typed

LOG = logging.getLogger(__name__)


@dataclass
class MinutesLeft:
    """Looks at the minutes of a job's owner as often as these are noted.

    database: the URL of the record. clock: seconds since 1970. said: why the job is stopped, once it is.
    """

    folder: Path
    owner: str
    quotas: Quotas
    database: str
    clock: Callable[[], float] = time.time
    said: str = ""
    _looked: float = field(default=-EVERY, repr=False)

    def is_due(self) -> bool:
        """Whether it is time for another look; on a clock that was set back, too."""
        return abs(self.clock() - self._looked) >= EVERY

    def reason(self) -> str | None:
        """Why the job is stopped, in one line; None while its owner has minutes left."""
        self._looked = self.clock()
        used = used_in_a_day(self.folder.parent, self.owner, now=self._looked)
        found = self.quotas.minutes_reason(used.seconds, used.until_less)
        self.said = found or ""
        return found

    def record(self) -> None:
        """Adds to the record that the job was stopped; where that cannot be written, the log of the job says so."""
        try:
            RecordStore(self.database).append(Entry(self.owner, Act.RUN.verb, self.folder.name, self.said))
        except ValueError as error:
            LOG.error("Not in the record: %s, stopped (%s)", self.folder.name, error)


def minutes_left_of(folder: Path, environment: Mapping[str, str]) -> MinutesLeft | None:
    """What the job's owner has left of `CONCEPTS_PERSON_MINUTES`.

    None where the job is nobody's, and where its request or the operator's variables cannot be read, which ends the
    job by itself.
    """
    try:
        owner, quotas = read_typed(JobRequest, folder / REQUEST).owner, Quotas.of(environment)
    except (OSError, ValueError):
        return None
    if not owner or quotas.minutes is None:
        return None
    database = database_of(folder.parent.parent, environment.get("CONCEPTS_NOTES", ""))
    return MinutesLeft(folder, owner, quotas, database)
