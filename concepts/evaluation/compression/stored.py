"""Comparisons of codes on disk, read with every field checked."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from concepts.evaluation.compression.comparison import TOKENS, WORDS, Compression
from concepts.evaluation.compression.word_change import NAMED
from concepts.evaluation.compression.writing import FILE
from concepts.storage.listing import Listing, list_newest_first
from concepts.storage.reading import file_inside
from concepts.storage.typed_json import read_typed


@dataclass(frozen=True)
class StoredCompression:
    """A comparison of codes, and the folder with its files."""

    folder: Path
    comparison: Compression

    @classmethod
    def load(cls, folder: str | Path) -> Self:
        """The comparison in that folder. Raises ValueError when it holds none, or a damaged one."""
        folder = Path(folder)
        file = file_inside(folder, FILE)
        if not file.is_file():
            raise ValueError(f"{folder} holds no {FILE}: name the folder that a comparison was written to")
        found = read_typed(Compression, file)
        if not found.rows:
            raise ValueError(f"{file}: rows: expected one at least: make the comparison again")
        if unknown := next((row.of for row in found.rows if row.of not in (TOKENS, WORDS)), None):
            raise ValueError(f"{file}: of {unknown[:60]!r}: expected {TOKENS} or {WORDS}")
        if found.words_control is not None and found.words_control.of not in NAMED:
            raise ValueError(f"{file}: words_control of {found.words_control.of[:60]!r}: expected {' or '.join(NAMED)}")
        return cls(folder, found)

    @property
    def id(self) -> str:
        return self.folder.name


def read_compressions(roots: Iterable[Path]) -> Listing[StoredCompression]:
    """The comparisons in these folders, by root, the newest first, and the folders without a valid one."""
    return list_newest_first(roots, StoredCompression.load, lambda each: each.comparison.created)
