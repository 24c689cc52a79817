"""How visitors log in, as the operator has set it, and who they are then.

CONCEPTS_LOGIN: "oidc" for Streamlit's own login, with its [auth] in .streamlit/secrets.toml; "proxy" where a proxy in
front of the app logs people in and says who they are (default: no login, and everybody is the same person).
CONCEPTS_ROLES: a file of lines such as `anna@example.org analyst`, read anew when it changes.
CONCEPTS_OTHERS: the role of those who are logged in and not in that file: reader, analyst, or none (default: none).
CONCEPTS_LOGIN_HOURS: hours after which a login ends (default: 12).
CONCEPTS_LOGIN_CLAIM: what of the OIDC identity says who somebody is (default: email).
CONCEPTS_LOGIN_HEADER: the header in which the proxy says it (default: X-Forwarded-User).
CONCEPTS_LOGOUT: the address at which the proxy logs people out (default: /, for none).
CONCEPTS_PROXY_SECRET: what the proxy sends as X-Concepts-Proxy-Secret, at least 16 characters; needed where the app
listens beyond this machine.
"""

import json
import math
import os
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Literal, Self, get_args

from concepts.access import Person, Role, Roles, read_roles
from concepts.access.person import LONGEST

Way = Literal["none", "oidc", "proxy"]
HEADER = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,63}")
ADDRESS = re.compile(r"(https://|/(?!/))[!-~]{0,300}")
CLAIM = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}")
HOURS, MOST_HOURS, SHORTEST_SECRET = 12.0, 24 * 30, 16
UNVERIFIED = "email_verified"


@dataclass(frozen=True)
class Session:
    """Who somebody is, as the login says, and until when that holds, in seconds since 1970.

    mark: a digest that tells this login from all others, also of the same person; "" where a proxy logs people in.
    """

    identity: str
    until: float
    mark: str = ""

    def holds(self, now: float | None = None) -> bool:
        """False once it has ended."""
        return (time.time() if now is None else now) < self.until


@dataclass(frozen=True)
class Login:
    """The operator's settings. others: the role of those in no file, None: they may not enter."""

    way: Way = "none"
    roles: Path | None = None
    others: Role | None = None
    hours: float = HOURS
    claim: str = "email"
    header: str = "X-Forwarded-User"
    secret: str = ""
    logout: str = "/"

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> Self:
        """What environment variables say. Raises ValueError for a value that is none, and where nobody could enter."""

        def given(name: str, default: str = "") -> str:
            return environment.get(name, "").strip() or default

        asked = given("CONCEPTS_LOGIN", "none")
        way: Way | None = next((each for each in get_args(Way) if each == asked), None)
        if way is None:
            raise ValueError(f"CONCEPTS_LOGIN is {asked!r}: expected oidc, proxy, or nothing for no login")
        others = given("CONCEPTS_OTHERS", "none")
        login = cls(
            way=way,
            roles=Path(given("CONCEPTS_ROLES")).expanduser() if given("CONCEPTS_ROLES") else None,
            others=None if others == "none" else _others(others),
            hours=_hours(given("CONCEPTS_LOGIN_HOURS", f"{HOURS:g}")),
            claim=_matched(CLAIM, given("CONCEPTS_LOGIN_CLAIM", "email"), "CONCEPTS_LOGIN_CLAIM", "a claim"),
            header=_matched(
                HEADER, given("CONCEPTS_LOGIN_HEADER", "X-Forwarded-User"), "CONCEPTS_LOGIN_HEADER", "a header's name"
            ),
            secret=given("CONCEPTS_PROXY_SECRET"),
            logout=_matched(
                ADDRESS, given("CONCEPTS_LOGOUT", "/"), "CONCEPTS_LOGOUT", "a path, or an address with https://"
            ),
        )
        login.check()
        return login

    @property
    def is_asked(self) -> bool:
        """False where there is no login."""
        return self.way != "none"

    def check(self) -> None:
        """Raises ValueError where nobody could enter, or the settings of a login stand there without one."""
        if not self.is_asked:
            if self.roles is not None or self.others is not None or self.secret:
                raise ValueError(
                    "CONCEPTS_ROLES, CONCEPTS_OTHERS and CONCEPTS_PROXY_SECRET need a login: set CONCEPTS_LOGIN to "
                    "oidc or proxy"
                )
            return
        if self.secret and len(self.secret) < SHORTEST_SECRET:
            raise ValueError(f"CONCEPTS_PROXY_SECRET has fewer than {SHORTEST_SECRET} characters: take a longer one")
        if not self.known().people and self.others is None:
            raise ValueError(
                "nobody could enter: name persons in the file CONCEPTS_ROLES, or set CONCEPTS_OTHERS to reader or "
                "analyst"
            )

    def known(self) -> Roles:
        """The roles now. Raises ValueError where their file cannot be read, or has a line of another form."""
        return _roles(self.roles, self.others, _stamp(self.roles))

    def person(self, session: Session | None) -> Person | None:
        """The person of a session; None without one, after its end, where they have no role, and where the file of
        roles cannot be read."""
        if session is None or not session.holds():
            return None
        try:
            return self.known().person(session.identity)
        except ValueError:
            return None

    def session_of(self, claims: Mapping[str, object]) -> Session | None:
        """The session of an OIDC identity, which ends so many hours after it was issued.

        None where it does not say who and when, or says that the address is not verified.
        """
        identity, issued = claims.get(self.claim), claims.get("iat")
        if claims.get("is_logged_in") is not True or (self.claim == "email" and claims.get(UNVERIFIED) is False):
            return None
        if not isinstance(identity, str) or not 0 < len(identity) <= LONGEST or not isinstance(issued, int | float):
            return None
        mark = sha256(json.dumps(claims, sort_keys=True).encode()).hexdigest()
        return Session(identity, issued + self.hours * 3600, mark)


def login_settings() -> Login:
    """How visitors of this process log in."""
    return Login.of(os.environ)


@lru_cache(maxsize=4)
def _roles(file: Path | None, others: Role | None, stamp: tuple[int, int]) -> Roles:
    return read_roles(file, others=others)


def _stamp(file: Path | None) -> tuple[int, int]:
    """What changes when the file does."""
    try:
        found = None if file is None else file.stat()
    except OSError:
        found = None
    return (0, 0) if found is None else (found.st_mtime_ns, found.st_size)


def _others(word: str) -> Role:
    role = Role.of(word)
    if role is Role.ADMIN:
        raise ValueError("CONCEPTS_OTHERS is admin: name admins one by one in the file CONCEPTS_ROLES")
    return role


def _hours(text: str) -> float:
    try:
        hours = float(text)
    except ValueError:
        hours = math.nan
    if not 0 < hours <= MOST_HOURS:
        raise ValueError(f"CONCEPTS_LOGIN_HOURS is {text!r}: expected hours above 0, at most {MOST_HOURS}")
    return hours


def _matched(form: re.Pattern[str], text: str, variable: str, expected: str) -> str:
    if not form.fullmatch(text):
        raise ValueError(f"{variable} is {text[:80]!r}: expected {expected}")
    return text
