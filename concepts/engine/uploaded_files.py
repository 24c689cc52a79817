"""Single files that visitors uploaded (weights, names, tables, texts, pairs), each kept under its content's hash."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from concepts.storage.store import sweep, write_bytes

FileKind = Literal["weights", "names", "tables", "texts", "pairs"]
FILE_KINDS: dict[FileKind, str] = {
    "weights": "weights",
    "names": "class names",
    "tables": "tables",
    "texts": "texts",
    "pairs": "pairs of words",
}  # and the words for their content


@dataclass(frozen=True)
class UploadedFile:
    """A file in a workspace: what it holds, the hash of its content, and its name."""

    workspace: Path
    kind: FileKind
    digest: str
    name: str

    @classmethod
    def of(cls, workspace: Path, kind: FileKind, name: str, data: bytes) -> "UploadedFile":
        """The upload of this content, kept or not."""
        return cls(workspace, kind, hashlib.blake2b(data, digest_size=12).hexdigest(), name)

    @property
    def words(self) -> str:
        """What it holds, in plural words."""
        return FILE_KINDS[self.kind]

    @property
    def place(self) -> Path:
        """The folder of the file, and of other names that the same content was uploaded under."""
        return self.workspace / "uploads" / self.kind / self.digest

    @property
    def places(self) -> tuple[Path, ...]:
        """All that is kept of it."""
        return (self.place,)

    @property
    def file(self) -> Path:
        """The path for a request."""
        return self.place / self.name


def keep_file(upload: UploadedFile, data: bytes) -> None:
    """Writes the file, whole or not at all, unless it is there. What killed processes left is removed after a day."""
    if not upload.file.is_file():
        for folder in upload.place.parent.glob("[!.]*"):
            sweep(folder)
        write_bytes(upload.file, data)
