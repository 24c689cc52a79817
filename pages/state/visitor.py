"""Who the visitor of this run is: what the gate in front of the app has found out, never what a page was told."""

from dataclasses import dataclass
from urllib.parse import quote, unquote

import streamlit as st

from concepts.access import NOBODY_IN_PARTICULAR, Act, NotAllowed, Person, allowed
from concepts.access.rules import least_role
from pages.state.logged_out import logged_out
from pages.state.login import Session, login_settings

# headers, of which the gate takes away those that a client sends
IDENTITY, UNTIL, MARK = "x-concepts-identity", "x-concepts-until", "x-concepts-session"
ENDED = "your login has ended: log in again, then do this once more"


@dataclass(frozen=True)
class Visitor:
    """A visitor: the session that their login gave them, None without one; the person, None who may not enter."""

    session: Session | None
    person: Person | None


def headers_of(session: Session) -> list[tuple[bytes, bytes]]:
    """The session as headers, for the gate."""
    told = {IDENTITY: quote(session.identity), UNTIL: repr(session.until), MARK: session.mark}
    return [(name.encode(), value.encode()) for name, value in told.items()]


def visitor() -> Visitor:
    """The visitor of this run."""
    login = login_settings()
    if not login.is_asked:
        return Visitor(None, NOBODY_IN_PARTICULAR)
    session = _session()
    return Visitor(session, login.person(session))


def person() -> Person:
    """The person who does something in this run. Raises NotAllowed where their login has ended meanwhile."""
    return person_of(_session() if login_settings().is_asked else None)


def person_of(session: Session | None) -> Person:
    """The person of a session, with the role of this moment, also outside of a run; None: without a login.

    Raises NotAllowed where the login has ended, as by logging out elsewhere, or the role is lost.
    """
    login = login_settings()
    if not login.is_asked:
        return NOBODY_IN_PARTICULAR
    found = None if _is_logged_out(session) else login.person(session)
    if found is None:
        raise NotAllowed(ENDED)
    return found


def identity() -> str:
    """Who the visitor is, where there is a login; "" where they say so themselves."""
    found = visitor().person
    return "" if found is None else found.name


def may(act: Act, *, owner: str | None = None) -> bool:
    """Whether the visitor may do that: for what a page offers. The act itself is checked where it is done."""
    found = visitor().person
    return found is not None and allowed(found, act, owner=owner)


def why_not(act: Act, *, owner: str | None = None) -> str:
    """One line in place of a control that the visitor may not use. owner: as `may` takes it."""
    found = visitor().person
    if found is None:
        return f"{ENDED[:1].upper()}{ENDED[1:]}."
    if not allowed(found, act):
        return f"As {found.role.word} you cannot {act.words}: that takes the role {least_role(found, act).word}."
    whose = f"belongs to {owner}" if owner else "belongs to nobody who is known"
    return f"This {whose}: whose it is can {act.words}, or an admin."


def _session() -> Session | None:
    headers = st.context.headers
    name, until, mark = (headers.get(each) for each in (IDENTITY, UNTIL, MARK))
    if name is None or until is None:
        return None
    session = Session(unquote(name), float(until), mark or "")
    return None if _is_logged_out(session) else session


def _is_logged_out(session: Session | None) -> bool:
    """Whether its person has logged out, here or elsewhere; never where a proxy logs people out."""
    return session is not None and bool(session.mark) and logged_out().has(session)
