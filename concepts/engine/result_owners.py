"""Whose a report or another result of a workspace is: of everybody whose job made it."""

from dataclasses import dataclass
from pathlib import Path

from concepts.engine.beside_results import OWNERS


@dataclass(frozen=True)
class OwnedResult:
    """The folder of a result, for `upload_owners`: who has a result made that is there already owns it, too."""

    folder: Path

    @property
    def owned_by(self) -> Path:
        """The names of its owners."""
        return self.folder.parent / OWNERS / self.folder.name
