"""A registry: which names a source takes, and what opens them."""

from collections.abc import Callable
from typing import Generic, TypeVar

Opener = TypeVar("Opener")


class Registry(Generic[Opener]):
    """Sources that open things by name. The latest registered is asked first."""

    def __init__(self) -> None:
        self._sources: list[tuple[Callable[[str], bool], Opener]] = []

    def register(self, takes: Callable[[str], bool], opener: Opener) -> None:
        """From now on, `opener` opens the names that `takes` is true for."""
        self._sources.insert(0, (takes, opener))

    def opener(self, name: str) -> Opener | None:
        """What opens that name; None where no source takes it."""
        return next((opener for takes, opener in self._sources if takes(name)), None)
