"""The cells of an evaluation: each dictionary with all its figures, stored so that a stopped run can resume."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from concepts.activations.collect import Activations
from concepts.evaluation import dictionary_scores
from concepts.evaluation.arrays import Curves, DictionaryArrays, read_arrays, write_arrays, write_curves
from concepts.evaluation.cell import ARRAYS, ROWS, Cell
from concepts.evaluation.evaluation import CURVES
from concepts.evaluation.measurement_data import MeasurementData
from concepts.evaluation.settings import DictionaryName, LabSettings
from concepts.evaluation.table import Row, read_rows, write_rows
from concepts.extraction.methods import EXTRACTIONS
from concepts.metrics import Stability, compare_fits, stability
from concepts.report.pipeline.crops import prototypes
from concepts.report.pipeline.dictionary import extractor_for
from concepts.storage.entries import drop, is_kept, new_entry
from concepts.storage.listing import reason_of
from concepts.storage.store import key_of

FORMAT = 3  # increase when a cell computes something else, so that stored cells are not reused
N_CROPS = 4
Progress = Callable[[str, float], None]


class EvaluationRunner:
    """Runs the cells and stores each under a key of everything that determines it."""

    def __init__(
        self, data: MeasurementData, activations: Activations, settings: LabSettings, store: Path, show: Progress
    ) -> None:
        self.data, self.activations, self.settings = data, activations, settings
        self.measured = data.measured
        self.store, self.show = store, show
        self.cells: dict[DictionaryName, Path] = {}  # a dictionary → its folder in the store
        self.left_out: dict[str, str] = {}  # unsuitable combination → reason

    def run(self) -> tuple[list[Row], list[str]]:
        """All rows, and what was left out. A ValueError not raised by an unsuitable method propagates."""
        rows, dictionaries = [], self.settings.dictionaries
        for number, name in enumerate(dictionaries):
            self.show(name.words, number / len(dictionaries))
            if (kind := f"{name.method} with {name.n_concepts} concepts") not in self.left_out:
                rows += self._unless_unsuitable(kind, lambda: self._rows_of(name))  # noqa: B023 (called now)
        for method in self.settings.methods:
            for k in self.settings.n_concepts:
                if f"{method} with {k} concepts" not in self.left_out:
                    self.show(f"stability of {method}, {k} concepts", 1.0)
                    rows += self._seed_stability(method, k)
                    kind = f"stability over folds of {method} with {k} concepts"
                    rows += self._unless_unsuitable(kind, lambda: self._fold_stability(method, k))  # noqa: B023
        left_out = [f"{name}: {reason}" for name, reason in self.left_out.items()]
        if not rows:
            raise ValueError(f"nothing could be measured: {'; '.join(left_out)}")
        return rows, left_out

    def copy_to(self, folder: Path) -> None:
        """Write curves.safetensors, and the dictionaries with the crops of their concepts."""
        curves: dict[str, Curves] = {}
        for name, stored in self.cells.items():
            cell = Cell.read(stored)
            curves[str(name)] = cell.curves
            place = folder / "dictionaries" / str(name)
            place.mkdir(parents=True)
            write_arrays(place / ARRAYS, cell.dictionary.arrays)
            for file, content in cell.crops.items():
                (place / file).write_bytes(content)
        write_curves(folder / CURVES, curves)

    def _unless_unsuitable(self, name: str, compute: Callable[[], list[Row]]) -> list[Row]:
        try:
            return compute()
        except dictionary_scores.UnsuitableError as error:
            self.left_out[name] = str(error)
            return []

    def _key(self, **parts: object) -> str:
        s = self.settings
        shared = {"images": s.images, "sample": s.sample, "target": self.data.target.indices, "first": s.seed}
        return key_of(format=FORMAT, activations=self.activations.folder.name, **shared, **parts)

    def _rows_of(self, name: DictionaryName) -> list[Row]:
        """Rows of one dictionary and of every importance on it, computed where the store has none."""
        parts = {part: key_of(mask=np.packbits(mask).tobytes().hex()) for part, mask in self.data.parts.items()}
        method, k, seed = name
        key = self._key(method=method, k=k, seed=seed, importances=self.settings.importances, parts=parts)
        cell = self.store / f"lab-{key}"
        if not is_kept(cell) or not _can_be_read(cell, Cell.read):
            with new_entry(cell) as part:
                self._compute(name).write(part)
        self.cells[name] = cell
        return read_rows(cell / ROWS)

    def _compute(self, name: DictionaryName) -> Cell:
        fitted = dictionary_scores.fit(self.data, self.settings.report_settings(*name))
        rows, found = dictionary_scores.dictionary_rows(self.data, fitted), []
        positions = fitted.codes.reshape(len(fitted.codes), -1, name.n_concepts)  # (n, T, k)
        dictionary = DictionaryArrays(fitted.V.cpu().numpy(), positions.abs().amax(dim=1).cpu().numpy())
        for scores in dictionary_scores.importance_rows(self.data, fitted, self.settings.importances):
            self.show(f"{name.words}: {scores.importance}", 1.0)
            rows += scores.rows
            found.append(scores)
        curves = Curves({w.importance: w.deletion for w in found}, {w.importance: w.insertion for w in found})
        return Cell(rows, dictionary, curves, self._crops(fitted))

    def _crops(self, fitted: dictionary_scores.FittedDictionary) -> dict[str, bytes]:
        from PIL import Image

        split = self.data.split
        if split.grid is None:
            return {}
        maps = split.to_map(fitted.codes).cpu().numpy()

        def thumbnail(image: int) -> Image.Image:
            return Image.open(self.activations.thumbnail(int(self.measured[image]))).convert("RGB")

        found = [prototypes(maps, j, N_CROPS, thumbnail)[1] for j in range(maps.shape[-1])]
        return {name.split("/")[-1]: content for crops in found for name, content in crops.items()}

    def _seed_stability(self, method: str, k: int) -> list[Row]:
        """Stability over seeds, from the stored dictionaries."""
        s = self.settings
        fitted = [_restored(self.cells[DictionaryName(method, k, seed)], method) for seed in s.seeds]
        return (
            [_stability_row(method, k, "stability (seeds)", compare_fits(fitted, seed=s.seed))] if s.n_seeds > 1 else []
        )

    def _fold_stability(self, method: str, k: int) -> list[Row]:
        """Stability over its own fits on disjoint photos: all held, or a draw by `MeasurementData.for_folds`."""
        s = self.settings
        if not s.folds:
            return []
        cell = self.store / f"folds-{self._key(method=method, k=k, folds=s.folds)}"
        if not is_kept(cell) or not _can_be_read(cell, lambda folder: read_rows(folder / ROWS)):
            split = self.data.split
            with new_entry(cell) as part, dictionary_scores.unsuitable():
                found = stability(
                    lambda seed: extractor_for(split, s.report_settings(method, k, seed)),
                    self.data.for_folds(s.seed),
                    s.folds,
                    seed=s.seed,
                )
                write_rows(part / ROWS, [_stability_row(method, k, "stability (folds)", found)])
        return read_rows(cell / ROWS)


@dataclass(frozen=True, eq=False)
class _Restored:
    """A stored dictionary, in the form that `compare_fits` takes."""

    components_: torch.Tensor
    signed_codes: bool


def _restored(cell: Path, method: str) -> _Restored:
    dictionary = DictionaryArrays.of(read_arrays(cell / ARRAYS))
    return _Restored(torch.from_numpy(dictionary.components), EXTRACTIONS[method].signed_codes)


def _can_be_read(cell: Path, read: Callable[[Path], object]) -> bool:
    """False for a damaged cell, from a time before seals, which is removed."""
    try:
        read(cell)
    except (ValueError, OSError) as error:
        drop(cell, reason_of(error, cell))
        return False
    return True


def _stability_row(method: str, k: int, measure: str, found: Stability) -> Row:
    low, high = (float(end) if np.isfinite(end) else None for end in found.interval)
    return Row(method, k, None, "", measure, found.value, low, high, found.control)
