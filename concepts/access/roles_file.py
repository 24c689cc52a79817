"""The operator's list of persons and their roles: a text file, read anew when it changes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from concepts.access.person import Person, check_identity
from concepts.access.role import Role

MOST_BYTES = 2**20
FORM = "expected an identity, a blank, and reader, analyst or admin"


@dataclass(frozen=True)
class Roles:
    """Identity, as `same_identity` has it → role. others: the role of all others who are logged in; None: refused."""

    people: Mapping[str, Role] = field(default_factory=dict)
    others: Role | None = None

    def person(self, identity: str) -> Person | None:
        """The person with that identity; None where they may not enter, and for what is no identity."""
        try:
            check_identity(identity)
        except ValueError:
            return None
        identity = same_identity(identity)
        role = self.people.get(identity, self.others)
        return None if role is None else Person(identity, role)


def same_identity(identity: str) -> str:
    """The form in which identities are compared: small letters, where all are ASCII.

    Letters of other alphabets stay as they are: some of them become an ASCII letter when they are made small.
    """
    return identity.lower() if identity.isascii() else identity


def read_roles(file: Path | None, *, others: Role | None) -> Roles:
    """The roles in a file with lines such as `anna@example.org analyst`; # begins a comment.

    Identities are compared without regard to capitals. None: no file, everybody has the role `others`. Raises
    ValueError for a file that cannot be read, a line of another form, and a person with two roles.
    """
    people: dict[str, Role] = {}
    for number, line in enumerate(_lines(file), 1):
        text = line.partition("#")[0].strip()
        if not text:
            continue
        try:
            identity, role = _entry(text)
        except ValueError as error:
            raise ValueError(f"line {number} of the roles' file: {error}") from None
        if people.setdefault(identity, role) is not role:
            raise ValueError(f"line {number} of the roles' file gives {identity} a second role: keep one of them")
    return Roles(people, others)


def _lines(file: Path | None) -> list[str]:
    if file is None:
        return []
    try:
        if file.stat().st_size > MOST_BYTES:
            raise ValueError(f"the roles' file has more than {MOST_BYTES:,} bytes: name another one in CONCEPTS_ROLES")
        return file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is no text in UTF-8"
        raise ValueError(f"the roles' file (CONCEPTS_ROLES) cannot be read: {reason}") from error


def _entry(text: str) -> tuple[str, Role]:
    identity, _, role = text.rpartition(" ")
    identity = same_identity(identity.strip())
    if not identity:
        raise ValueError(f"{text[:80]!r}: {FORM}")
    check_identity(identity)
    return identity, Role.of(role)
