"""Comparisons of poolings on disk, read with every field checked."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from concepts.evaluation.pooling.compared import MEASURES
from concepts.evaluation.pooling.comparison import PoolingComparison
from concepts.evaluation.pooling.writing import FILE
from concepts.storage.listing import Listing, list_newest_first
from concepts.storage.reading import file_inside
from concepts.storage.typed_json import read_typed


@dataclass(frozen=True)
class StoredPooling:
    """A comparison of poolings, and the folder with its files."""

    folder: Path
    comparison: PoolingComparison

    @classmethod
    def load(cls, folder: str | Path) -> Self:
        """The comparison in that folder.

        Raises ValueError when it holds none, a damaged one, one without figures, or one with unknown measures.
        """
        folder = Path(folder)
        file = file_inside(folder, FILE)
        if not file.is_file():
            raise ValueError(f"{folder} holds no {FILE}: name the folder that a comparison was written to")
        found = read_typed(PoolingComparison, file)
        if not found.rows:
            raise ValueError(f"{file}: rows: expected one at least: make the comparison again")
        if unknown := next((row.measure for row in found.rows if row.measure not in MEASURES), None):
            raise ValueError(f"{file}: measure {unknown[:60]!r}: expected one of {', '.join(MEASURES)}")
        return cls(folder, found)

    @property
    def id(self) -> str:
        return self.folder.name


def read_poolings(roots: Iterable[Path]) -> Listing[StoredPooling]:
    """The comparisons in these folders, by root, the newest first, and the folders without a valid one."""
    return list_newest_first(roots, StoredPooling.load, lambda each: each.comparison.created)
