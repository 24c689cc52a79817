"""Which sessions somebody has logged out of: Streamlit takes the cookie from the browser, and a copy would hold on."""

import logging
import threading
import time
from functools import cache, cached_property

from concepts.access.ended_sessions import EndedSessions
from pages.state.login import MOST_HOURS, Session
from pages.state.server_settings import server_settings

FRESH = 5.0  # seconds until the database is asked again: another server's visitors log out as well
PAUSE = 15.0  # seconds after the database has failed
LOG = logging.getLogger(__name__)


class LoggedOut:
    """The ended sessions of a database, as they were within `FRESH` seconds, and at once those that end here.

    While the database has never been read, every session counts as ended: after a restart nobody knows which ones were.
    Where it fails later, what was read holds on, and what could not be written is written as soon as it answers. Safe
    to use from several threads.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._known: frozenset[str] | None = None
        self._unwritten: dict[str, float] = {}
        self._asking, self._next = threading.Lock(), 0.0

    def has(self, session: Session) -> bool:
        """Whether the session has ended so. One without a mark, which a proxy gives, never does."""
        if not session.mark:
            return False
        return self._known is None or session.mark in self._known or session.mark in self._unwritten

    def add(self, session: Session) -> None:
        """Ends the session. It stays so also where the operator lets logins last longer afterwards."""
        if session.mark:
            self._unwritten[session.mark] = max(session.until, time.time() + 3600 * MOST_HOURS)
            with self._asking:
                self._ask()

    @property
    def is_due(self) -> bool:
        """Whether the database is to be asked again."""
        return time.monotonic() >= self._next

    def look(self) -> None:
        """Asks the database where that is due; what is wrong with it is told to the log.

        Where another thread asks already, it is waited for only while nothing is known.
        """
        if not self._asking.acquire(blocking=self._known is None):
            return
        try:
            if self.is_due:
                self._ask()
        finally:
            self._asking.release()

    def _ask(self) -> None:
        ended = dict(self._unwritten)
        try:
            if ended:
                self._store.add(ended)
            self._known = self._store.marks()
        except ValueError as error:
            LOG.error("Who has logged out cannot be read or written: %s", error)
            self._next = time.monotonic() + PAUSE
            return
        self._next = time.monotonic() + FRESH
        for mark in ended:
            self._unwritten.pop(mark, None)

    @cached_property
    def _store(self) -> EndedSessions:
        return EndedSessions(self._url)


def logged_out() -> LoggedOut:
    """Those of the operator's database, one list for all threads of this process."""
    return _logged_out(server_settings().notes)


@cache
def _logged_out(url: str) -> LoggedOut:
    return LoggedOut(url)
