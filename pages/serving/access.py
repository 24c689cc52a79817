"""Who reaches the server: where it listens and under which names it answers, as its operator has set.

CONCEPTS_OPEN: 1 where the server may listen beyond this machine although it has no login (default: it may not).
CONCEPTS_HOSTS: names under which it answers, separated by commas, such as concepts.example.org or *.example.org
(default: those of this machine alone; with CONCEPTS_OPEN=1 any).
CONCEPTS_FRAMES: origins of pages that may show it in a frame, separated by commas, such as https://wiki.example.org.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Self

LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
NAME = re.compile(r"(\*\.)?[\w-]+(\.[\w-]+)*\.?|\[[0-9a-f:.]+\]")
ORIGIN = re.compile(r"https?://(\*\.)?[\w.-]+(:\d+)?")
REFUSAL = (
    "Listening on {address} would open the app to everybody who reaches this machine, without a login. Set "
    "CONCEPTS_LOGIN to have one, or CONCEPTS_OPEN=1 if that is meant; without an address it listens on 127.0.0.1 alone."
)
WARNING = (
    "CONCEPTS_OPEN=1: there is no login. Everybody who reaches {address} can read all reports and the photos of "
    "CONCEPTS_PHOTOS, upload files, start and cancel analyses, and name concepts."
)


@dataclass(frozen=True)
class Access:
    """What the operator allows. hosts: names besides those of this machine; None: any."""

    is_open: bool = False
    hosts: tuple[str, ...] | None = ()
    frames: tuple[str, ...] = ()

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> Self:
        """What environment variables say. Raises ValueError for a name or an origin that is none."""
        is_open = environment.get("CONCEPTS_OPEN", "").strip() == "1"
        hosts = tuple(host.lower() for host in _listed(environment.get("CONCEPTS_HOSTS", "")))
        frames = _listed(environment.get("CONCEPTS_FRAMES", ""))
        _check("CONCEPTS_HOSTS", hosts, NAME, "a name without scheme and port, such as concepts.example.org")
        _check("CONCEPTS_FRAMES", frames, ORIGIN, "an origin, such as https://wiki.example.org")
        return cls(is_open, hosts or (None if is_open else ()), frames)

    @property
    def answers_to(self) -> tuple[str, ...]:
        """Names of the server in the form of Starlette's TrustedHostMiddleware; ("*",) for any."""
        return ("*",) if self.hosts is None else (*LOOPBACK, *self.hosts)

    def check_address(self, address: str | None, *, has_login: bool = False) -> None:
        """Raises ValueError where the server listens beyond this machine and may not. None: all addresses."""
        if not self.is_open and not has_login and not is_local(address):
            raise ValueError(REFUSAL.format(address=address or "all addresses"))

    def warning(self, address: str | None, *, has_login: bool = False) -> str | None:
        """What it means that the server is open; None where it has a login, or listens on this machine alone."""
        return None if has_login or is_local(address) else WARNING.format(address=address or "this machine")


def is_local(address: str | None) -> bool:
    """True where only this machine reaches what listens on the address. None: all addresses."""
    if address is None:
        return False
    if address == "localhost" or address.startswith("unix://"):
        return True
    try:
        return ip_address(address.strip("[]")).is_loopback
    except ValueError:
        return False


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part for part in re.split(r"[,;\s]+", text) if part)


def _check(variable: str, values: tuple[str, ...], form: re.Pattern[str], expected: str) -> None:
    for value in values:
        if not form.fullmatch(value):
            raise ValueError(f"{variable} has {value[:100]!r}: expected {expected}, several separated by commas")
