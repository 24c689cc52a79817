"""A registry of sources, each with the names that it accepts and the opener for them."""

from collections.abc import Callable
from typing import Generic, TypeVar

Opener = TypeVar("Opener")


class Registry(Generic[Opener]):
    """Sources that open objects by name. The source registered last is tried first."""

    def __init__(self) -> None:
        self._sources: list[tuple[Callable[[str], bool], Opener]] = []

    def register(self, takes: Callable[[str], bool], opener: Opener) -> None:
        """Registers `opener` for the names for which `takes` is true."""
        self._sources.insert(0, (takes, opener))

    def opener(self, name: str) -> Opener | None:
        """The opener for this name; None if no source accepts it."""
        return next((opener for takes, opener in self._sources if takes(name)), None)
