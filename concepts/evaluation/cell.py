"""A cell of an evaluation: one dictionary with all its figures, stored as a folder."""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

from concepts.evaluation.arrays import Curves, DictionaryArrays, read_arrays, write_arrays
from concepts.evaluation.table import Row, read_rows, write_rows

ROWS, ARRAYS = "rows.json", "arrays.safetensors"


@dataclass(frozen=True, eq=False)
class Cell:
    """rows: of the dictionary and of every importance on it. crops: file name → JPEG."""

    rows: list[Row]
    dictionary: DictionaryArrays
    curves: Curves
    crops: dict[str, bytes]

    def write(self, folder: Path) -> None:
        """Write the files of the cell into an existing folder."""
        write_rows(folder / ROWS, self.rows)
        write_arrays(folder / ARRAYS, self.dictionary.arrays | self.curves.arrays)
        for name, content in self.crops.items():
            (folder / name).write_bytes(content)

    @classmethod
    def read(cls, folder: Path) -> Self:
        """The cell stored in the folder. Raises ValueError, naming the file, for a damaged one."""
        arrays = read_arrays(folder / ARRAYS)
        crops = {file.name: file.read_bytes() for file in sorted(folder.glob("*.jpg"))}
        return cls(read_rows(folder / ROWS), DictionaryArrays.of(arrays), Curves.of(arrays), crops)
