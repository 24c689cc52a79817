"""Tells the record who comes in at the gate and who logs out; the gate waits for no database but then."""

import logging

from starlette.concurrency import run_in_threadpool

from concepts.record import Entry
from concepts.record.entry import DONE
from concepts.service import Logins, tell_login
from concepts.service.logins import HAS_ENDED, NO_ROLE
from pages.state.login import Login, Session
from pages.state.workplace import workplace

LOG = logging.getLogger(__name__)


class LoginsTold:
    """What the gate tells of each session that opens a page, of each that it refuses, and of each that is ended."""

    def __init__(self, login: Login) -> None:
        self._login, self._logins = login, Logins(hours=login.hours)

    async def tell(self, session: Session, *, admitted: bool) -> None:
        """Adds an entry for a session that has not been told."""
        result = DONE if admitted else NO_ROLE if session.holds() else HAS_ENDED
        await _add(self._logins.new_entry(session.identity, issued=self._issued(session), result=result))

    async def tell_end(self, session: Session) -> None:
        """Adds an entry for a session whose person has logged out."""
        await _add(self._logins.new_end(session.identity, issued=self._issued(session)))

    def _issued(self, session: Session) -> float | None:
        """When they logged in; a proxy does not say it."""
        return session.until - self._login.hours * 3600 if self._login.way == "oidc" else None


async def _add(entry: Entry | None) -> None:
    if entry is not None:
        await run_in_threadpool(_write, entry)


def _write(entry: Entry) -> None:
    try:
        tell_login(workplace(), entry)
    except ValueError as error:  # the URL of the database is not valid
        LOG.error("Not in the record: %s, %s, %s (%s)", entry.who, entry.what, entry.result, error)
