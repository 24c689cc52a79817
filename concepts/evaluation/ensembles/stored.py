"""An explained ensemble on disk: JSON and CSV; read with every field checked."""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from concepts.evaluation.ensembles.explanation import EnsembleExplanation
from concepts.storage.csv_cells import csv_text
from concepts.storage.listing import Listing, list_newest_first
from concepts.storage.output_folder import OutputKind
from concepts.storage.reading import file_inside
from concepts.storage.store import new_folder, write_json, write_text
from concepts.storage.typed_json import read_typed, to_json

FILE, TABLE = "ensemble.json", "table.csv"
RESULT = OutputKind("explained ensemble", frozenset({FILE, TABLE}), FILE, frozenset({"target", "views", "texts"}))


@dataclass(frozen=True)
class StoredEnsemble:
    """An explained ensemble, and the folder with its files."""

    folder: Path
    explanation: EnsembleExplanation

    @classmethod
    def load(cls, folder: str | Path) -> Self:
        """The ensemble in that folder.

        Raises ValueError when it holds none, a damaged one, or one whose texts have other views than the ensemble.
        """
        folder = Path(folder)
        file = file_inside(folder, FILE)
        if not file.is_file():
            raise ValueError(f"{folder} holds no {FILE}: name the folder that an ensemble was written to")
        found = read_typed(EnsembleExplanation, file)
        n = len(found.views)
        if not n or not found.texts:
            raise ValueError(f"{file}: expected views and texts, one at least: explain the ensemble again")
        if any({len(each.values), len(each.said), len(each.texts)} != {n} for each in found.texts):
            raise ValueError(f"{file}: texts: expected {n} values for each, one a view: explain the ensemble again")
        return cls(folder, found)

    @property
    def id(self) -> str:
        return self.folder.name


def read_ensembles(roots: Iterable[Path]) -> Listing[StoredEnsemble]:
    """The ensembles in these folders, by root, the newest first, and the folders without a valid one."""
    return list_newest_first(roots, StoredEnsemble.load, lambda each: each.explanation.created)


def write_ensemble(found: EnsembleExplanation, folder: Path) -> Path:
    """Writes ensemble.json and table.csv into the folder, which appears whole; returns it."""
    with new_folder(folder) as place:
        write_json(place / FILE, to_json(found))
        write_text(place / TABLE, csv_of(found))
    return folder


def csv_of(found: EnsembleExplanation) -> str:
    """One text a row: its name, label and answer, the score with all views and with none, φ of each view."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["text", "label", "predicted", "whole", "nothing", *(csv_text(view.name) for view in found.views)])
    for each in found.texts:
        names = [csv_text(cell) for cell in (each.name, each.label or "", each.predicted)]
        writer.writerow([*names, each.whole, each.nothing, *each.values])
    return out.getvalue()
