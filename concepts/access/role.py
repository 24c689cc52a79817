"""The roles of persons, each of which may do what those below it may."""

from enum import IntEnum


class Role(IntEnum):
    """What somebody is on this server; a larger one may do more."""

    READER = 1  # sees stored results, searches them, names concepts; takes none away
    ANALYST = 2  # runs models and analyses, uploads; cancels, removes, shares what is theirs
    ADMIN = 3  # what is others', code that the operator has not named, record and usage

    @classmethod
    def of(cls, word: str) -> "Role":
        """The role that a word names: reader, analyst or admin. Raises ValueError for another word."""
        try:
            return cls[word.strip().upper()]
        except KeyError:
            known = ", ".join(role.word for role in cls)
            raise ValueError(f"there is no role {word.strip()[:40]!r}: choose one of {known}") from None

    @property
    def word(self) -> str:
        """The role as people read and write it."""
        return self.name.lower()
