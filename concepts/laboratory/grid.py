"""The cells of an evaluation: each dictionary with all its figures, kept in the store for a stopped run to go on."""

import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from concepts.activations import Activations
from concepts.extraction.methods import EXTRACTIONS
from concepts.laboratory import desk
from concepts.laboratory.bench import Bench
from concepts.laboratory.settings import LabSettings
from concepts.laboratory.table import Row
from concepts.metrics import Stability, compare_fits, stability
from concepts.report.crops import prototypes
from concepts.report.dictionary import extractor_for
from concepts.store import key_of, new_folder, read_json, write_json

FORMAT = 3  # raise when a cell computes something else, so that stored ones are not taken for it
N_CROPS = 4
ROWS, ARRAYS = "rows.json", "arrays.safetensors"
Progress = Callable[[str, float], None]


class Grid:
    """Runs the cells, each kept in the store under a key of all that determines it."""

    def __init__(
        self, bench: Bench, activations: Activations, settings: LabSettings, store: Path, show: Progress
    ) -> None:
        self.bench, self.activations, self.settings = bench, activations, settings
        self.measured = bench.measured
        self.store, self.show = store, show
        self.cells: dict[str, Path] = {}  # name of a dictionary → its folder in the store
        self.left_out: dict[str, str] = {}  # what does not suit → why

    def run(self) -> tuple[list[Row], list[str]]:
        """All rows, and what was left out. A ValueError that no unsuitable method raised comes through."""
        rows, dictionaries = [], self.settings.dictionaries
        for number, (method, k, seed) in enumerate(dictionaries):
            self.show(f"{method}, {k} concepts, seed {seed}", number / len(dictionaries))
            if (name := f"{method} with {k} concepts") not in self.left_out:
                rows += self._unless_unsuitable(name, lambda: self._cell(method, k, seed))  # noqa: B023 (called now)
        for method in self.settings.methods:
            for k in self.settings.n_concepts:
                if f"{method} with {k} concepts" not in self.left_out:
                    self.show(f"stability of {method}, {k} concepts", 1.0)
                    rows += self._seed_stability(method, k)
                    name = f"stability over folds of {method} with {k} concepts"
                    rows += self._unless_unsuitable(name, lambda: self._fold_stability(method, k))  # noqa: B023
        left_out = [f"{name}: {reason}" for name, reason in self.left_out.items()]
        if not rows:
            raise ValueError(f"nothing could be measured: {'; '.join(left_out)}")
        return rows, left_out

    def copy_to(self, folder: Path) -> None:
        """curves.safetensors, and the dictionaries with the crops of their concepts."""
        from safetensors.numpy import load_file, save

        curves: dict[str, np.ndarray] = {}
        for name, cell in self.cells.items():
            arrays = load_file(cell / ARRAYS)
            curves |= {
                f"{name} {key}": value for key, value in arrays.items() if key.endswith(("deletion", "insertion"))
            }
            place = folder / "dictionaries" / name
            place.mkdir(parents=True)
            kept = {key: arrays[key] for key in ("components", "activity")}
            (place / ARRAYS).write_bytes(save(kept))
            for crop in cell.glob("*.jpg"):
                (place / crop.name).write_bytes(crop.read_bytes())
        (folder / "curves.safetensors").write_bytes(save(curves))

    def _unless_unsuitable(self, name: str, compute: Callable[[], list[Row]]) -> list[Row]:
        try:
            return compute()
        except desk.UnsuitableError as error:
            self.left_out[name] = str(error)
            return []

    def _key(self, **parts: Any) -> str:
        s = self.settings
        shared = {"images": s.images, "sample": s.sample, "target": self.bench.target.indices, "first": s.seed}
        return key_of(format=FORMAT, activations=self.activations.folder.name, **shared, **parts)

    def _cell(self, method: str, k: int, seed: int) -> list[Row]:
        """One dictionary: its rows and those of every importance, computed where the store has none."""
        from safetensors.numpy import save_file

        parts = {part: key_of(mask=np.packbits(mask).tobytes().hex()) for part, mask in self.bench.parts.items()}
        key = self._key(method=method, k=k, seed=seed, importances=self.settings.importances, parts=parts)
        cell = self.store / f"lab-{key}"
        if not _kept(cell):
            with new_folder(cell, keep=True) as part:
                rows, arrays, pictures = self._compute(method, k, seed)
                write_json(part / ROWS, [asdict(row) for row in rows])
                save_file({name: np.ascontiguousarray(value) for name, value in arrays.items()}, part / ARRAYS)
                for name, content in pictures.items():
                    (part / name).write_bytes(content)
        self.cells[f"{method}-{k}-{seed}"] = cell
        return _read(cell)

    def _compute(self, method: str, k: int, seed: int) -> tuple[list[Row], dict[str, np.ndarray], dict[str, bytes]]:
        fitted = desk.fit(self.bench, self.settings.report_settings(method, k, seed))
        rows = desk.dictionary_rows(self.bench, fitted)
        positions = fitted.codes.reshape(len(fitted.codes), -1, k)  # (n, T, k)
        arrays = {
            "components": fitted.V.cpu().numpy(),
            "activity": positions.abs().amax(dim=1).cpu().numpy(),
        }
        for name, more, curves in desk.importance_rows(self.bench, fitted, self.settings.importances):
            self.show(f"{method}, {k} concepts, seed {seed}: {name}", 1.0)
            rows += more
            arrays |= {f"{name} {kind}": curve for kind, curve in curves.items()}
        return rows, arrays, self._crops(fitted)

    def _crops(self, fitted: desk.Fitted) -> dict[str, bytes]:
        from PIL import Image

        split = self.bench.split
        if split.grid is None:
            return {}
        maps = split.to_map(fitted.codes).cpu().numpy()

        def thumbnail(image: int) -> Image.Image:
            return Image.open(self.activations.thumbnail(int(self.measured[image]))).convert("RGB")

        found = [prototypes(maps, j, N_CROPS, thumbnail)[1] for j in range(maps.shape[-1])]
        return {name.split("/")[-1]: content for crops in found for name, content in crops.items()}

    def _seed_stability(self, method: str, k: int) -> list[Row]:
        """From the dictionaries that are there."""
        s = self.settings
        fitted = [_Restored(method, self.cells[f"{method}-{k}-{seed}"]) for seed in s.seeds]
        return (
            [_stability_row(method, k, "stability (seeds)", compare_fits(fitted, seed=s.seed))] if s.n_seeds > 1 else []
        )

    def _fold_stability(self, method: str, k: int) -> list[Row]:
        """From fits of its own, to disjoint photos: all that are held, or as many as `Bench.for_folds` draws."""
        s = self.settings
        if not s.folds:
            return []
        cell = self.store / f"folds-{self._key(method=method, k=k, folds=s.folds)}"
        if not _kept(cell):
            split = self.bench.split
            with new_folder(cell, keep=True) as part, desk.unsuitable():
                found = stability(
                    lambda seed: extractor_for(split, s.report_settings(method, k, seed)),
                    self.bench.for_folds(s.seed),
                    s.folds,
                    seed=s.seed,
                )
                write_json(part / ROWS, [asdict(_stability_row(method, k, "stability (folds)", found))])
        return _read(cell)


class _Restored:
    """A stored dictionary, as `compare_fits` takes it."""

    def __init__(self, method: str, cell: Path) -> None:
        from safetensors.torch import load_file

        self.components_ = load_file(cell / ARRAYS)["components"]
        self.signed_codes = EXTRACTIONS[method].signed_codes


def _kept(cell: Path) -> bool:
    """Is the cell finished? If so it is marked as used, so that `prune` takes others."""
    with suppress(FileNotFoundError):
        os.utime(cell)
        return True
    return False


def _read(cell: Path) -> list[Row]:
    return [Row(**row) for row in read_json(cell / ROWS)]


def _stability_row(method: str, k: int, measure: str, found: Stability) -> Row:
    low, high = (float(end) if np.isfinite(end) else None for end in found.interval)
    return Row(method, k, None, "", measure, found.value, low, high, found.control)
