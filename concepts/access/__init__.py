"""Who may do what: persons, their roles, and the acts that each role may do."""

from concepts.access.act import Act
from concepts.access.person import NOBODY_IN_PARTICULAR, Person
from concepts.access.role import Role
from concepts.access.roles_file import Roles, read_roles
from concepts.access.rules import NotAllowed, allowed, check

__all__ = [
    "NOBODY_IN_PARTICULAR",
    "Act",
    "NotAllowed",
    "Person",
    "Role",
    "Roles",
    "allowed",
    "check",
    "read_roles",
]
