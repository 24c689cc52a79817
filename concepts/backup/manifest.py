"""The list of what a backup holds, with a digest of each file: what was damaged or exchanged is found."""

from dataclasses import dataclass
from typing import Annotated, ClassVar

from annotated_types import Len

from concepts.storage.typed_json import NO_OTHERS, Count, Format, Moment, exactly

MANIFEST = "manifest.json"
CURRENT = 1
FORMAT = Format("backup", CURRENT, {})
MOST_BYTES = 2**28  # of the manifest itself
PIECE = 2**20  # bytes that are read at a time


@dataclass(frozen=True)
class BackupFile:
    """A file of a backup: its bytes, its SHA-256 in hexadecimal, and when it was changed, in seconds since 1970."""

    __pydantic_config__: ClassVar = NO_OTHERS

    size: Count
    sha256: Annotated[str, Len(64, 64)]
    changed: Moment


@dataclass(frozen=True)
class Manifest:
    """The content of manifest.json. created: UTC. files: by name, with forward slashes."""

    __pydantic_config__: ClassVar = NO_OTHERS

    format: Annotated[int, exactly(CURRENT)]
    created: str
    files: dict[str, BackupFile]
