"""What visitors uploaded as one file (weights, names, tables, texts, pairs, models), under its content's hash.

All but models are kept as the file that came; a model is unpacked into a folder (`uploaded_models`).
"""

import hashlib
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from concepts.engine.quotas import NO_QUOTAS, Quotas
from concepts.engine.upload_quotas import uploading
from concepts.storage.listing import folders_in
from concepts.storage.store import sweep, write_bytes

FileKind = Literal["weights", "names", "tables", "texts", "pairs", "models"]
FILE_KINDS: dict[FileKind, str] = {
    "weights": "weights",
    "names": "class names",
    "tables": "tables",
    "texts": "texts",
    "pairs": "pairs of words",
    "models": "model files",
}  # and the words for their content


@dataclass(frozen=True)
class UploadedFile:
    """An upload in a workspace: what it holds, the hash of its content, and its name."""

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
        return self.place, self.owned_by

    @property
    def owned_by(self) -> Path:
        """The names of its owners (`upload_owners`)."""
        return self.workspace / "uploads" / ".owners" / self.kind / self.digest

    @property
    def file(self) -> Path:
        """The path for a request: of the file, or of a model's folder."""
        return self.place / self.name

    @property
    def kept(self) -> bool:
        """True where it is there."""
        return self.file.is_dir() if self.kind == "models" else self.file.is_file()


def keep_file(upload: UploadedFile, data: bytes, *, owner: str = "", quotas: Quotas = NO_QUOTAS) -> None:
    """Writes the file, whole or not at all, unless it is there. What killed processes left is removed after a day.

    owner: who uploads it, "" for nobody. Raises QuotaError before anything is written.
    """
    with uploading(upload, len(data), owner=owner, quotas=quotas):
        if not upload.kept:
            sweep_beside(upload)
            write_bytes(upload.file, data)


def sweep_beside(upload: UploadedFile) -> None:
    """Removes what killed processes left among uploads of this kind, after a day."""
    for folder in folders_in(upload.place.parent):
        with suppress(FileNotFoundError):  # deleted meanwhile
            sweep(folder)
