"""What an entry of the store held when it was finished: a damaged one is found before it is used."""

from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

from concepts.storage.typed_json import Count, read_typed, write_typed

FILE = "seal.json"
PIECE, MOST_PIECES = 2**16, 256  # bytes, and how many of them, evenly spaced, stand for a large file


@dataclass(frozen=True)
class SealedFile:
    """Bytes of a file, and a digest of its content: of all of it up to 16 MB, of evenly spaced pieces of a larger."""

    size: Count
    digest: str


@dataclass(frozen=True)
class Seal:
    """The content of seal.json. files: by their relative names with forward slashes."""

    files: dict[str, SealedFile]


def seal(folder: Path) -> None:
    """Writes the seal of a finished folder into it."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != FILE)
    write_typed(folder / FILE, Seal({path.relative_to(folder).as_posix(): _sealed(path) for path in files}))


def damage(folder: Path) -> str | None:
    """What is wrong with a sealed folder, in words; None if it is whole, or from a time before seals."""
    if not folder.is_dir():
        return "it is no folder"
    if not (folder / FILE).exists():
        return None
    try:
        sealed = read_typed(Seal, folder / FILE)
    except (ValueError, OSError):
        return f"{FILE} cannot be read"
    for name, before in sealed.files.items():
        try:
            if _sealed(folder / name) != before:
                return f"{name} is not as it was written"
        except OSError:
            return f"{name} cannot be read"
    return None


def _sealed(path: Path) -> SealedFile:
    if not path.is_file():  # opening a pipe would wait for ever
        raise OSError(f"{path} is no file")
    size, digest = path.stat().st_size, blake2b(digest_size=16)
    n = -(-size // PIECE)
    with path.open("rb") as file:
        for i in range(min(n, MOST_PIECES)):
            file.seek(i * PIECE if n <= MOST_PIECES else i * (size - PIECE) // (MOST_PIECES - 1))
            digest.update(file.read(PIECE))
    return SealedFile(size, digest.hexdigest())
