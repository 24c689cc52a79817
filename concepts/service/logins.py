"""Who comes in at the gate, who is refused there, and who logs out, told to the record: once a login, not once a
request."""

import threading
import time
from collections.abc import Callable

from concepts.access.person import check_identity
from concepts.access.roles_file import same_identity
from concepts.record import Entry
from concepts.record.entry import DONE
from concepts.service.acting import append
from concepts.service.told import Told
from concepts.service.workplace import Workplace

LOG_IN, LOG_OUT = "log in", "log out"
NO_ROLE, HAS_ENDED = "refused: no role on this server", "refused: the login has ended"
MOST = 10_000  # logins that are remembered; who exceeds it is told anew
SLACK = 60.0  # seconds before the start of this process whose logins may not have been told by the one before


class Logins:
    """What has been told of logins, and of their ends, by this process. Safe to use from several threads.

    hours: after which a login whose time is not known, as a proxy's, counts as another one. clock: seconds since 1970.
    """

    def __init__(self, *, hours: float, clock: Callable[[], float] = time.time) -> None:
        self._seconds, self._began, self._told = hours * 3600, clock(), Told(MOST, clock)
        self._lock = threading.Lock()

    def new_entry(self, identity: str, *, issued: float | None, result: str = DONE) -> Entry | None:
        """The entry for somebody at the gate; None for what has been told.

        issued: when they logged in, in seconds since 1970; None: not known. A login from before this process was told
        by the one before.
        """
        if result == DONE and issued is not None and issued < self._began - SLACK:
            return None
        return self._entry_of(identity, LOG_IN, result, issued)

    def new_end(self, identity: str, *, issued: float | None) -> Entry | None:
        """The entry for somebody who logs out; None for what has been told. issued: when they logged in."""
        return self._entry_of(identity, LOG_OUT, DONE, issued)

    def _entry_of(self, identity: str, verb: str, result: str, issued: float | None) -> Entry | None:
        login = identity, verb, result, issued
        with self._lock:
            if self._told.has(login, within=self._seconds if issued is None else None):
                return None
            self._told.add(login)
        return Entry(_name(identity), verb, result=result)


def tell_login(place: Workplace, entry: Entry) -> None:
    """Adds the entry to the record, where there is one; that it could not be added is told to the log."""
    append(place, entry)


def _name(identity: str) -> str:
    """The identity as persons have it; what is none, with all its letters to be seen."""
    try:
        check_identity(identity)
    except ValueError:
        return ascii(identity)
    return same_identity(identity)
