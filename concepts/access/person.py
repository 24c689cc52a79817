"""A person, as the login knows them."""

import unicodedata
from dataclasses import dataclass

from concepts.access.role import Role

LONGEST = 80  # characters of an identity, which also signs notes
REFUSED = ("Cc", "Cf", "Cs", "Zl", "Zp")  # what cannot be seen, or breaks a line


@dataclass(frozen=True)
class Person:
    """Who does something: their identity, and their role.

    name: the identity as the login gives it, "" where there is no login. Raises ValueError for a name that cannot be an
    identity.
    """

    name: str
    role: Role

    def __post_init__(self) -> None:
        if self.name:
            check_identity(self.name)

    @property
    def is_known(self) -> bool:
        """False where there is no login, and everybody is the same person."""
        return bool(self.name)


NOBODY_IN_PARTICULAR = Person("", Role.ADMIN)  # whoever reaches a server without a login: all rights


def check_identity(name: str) -> None:
    """Raises ValueError for an identity that is empty, too long, or does not show what it is."""
    if not name or name != name.strip() or len(name) > LONGEST:
        raise ValueError(
            f"the identity {name[:LONGEST]!r} has {len(name)} characters: expected 1 to {LONGEST}, no blanks around it"
        )
    if any(unicodedata.category(letter) in REFUSED for letter in name):
        raise ValueError(f"the identity {name!a} holds characters that cannot be seen: use another one")
