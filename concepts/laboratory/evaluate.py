"""The whole grid: activations once, then every dictionary and every importance on it; goes on where it was stopped."""

import time
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from concepts.activations import Activations, collect_activations
from concepts.extraction import EXTRACTORS, MemoryRows, make_extractor
from concepts.laboratory import desk
from concepts.laboratory.evaluation import FILE, Evaluation
from concepts.laboratory.findings import findings
from concepts.laboratory.html import write_html
from concepts.laboratory.settings import LabSettings
from concepts.laboratory.table import Row, write_tables
from concepts.metrics import Stability, compare_fits, stability
from concepts.models import Split
from concepts.photos import PhotoSet
from concepts.report import provenance
from concepts.report.crops import prototypes
from concepts.report.selection import Selection, choose_photos, names_of_classes
from concepts.store import key_of, new_folder, read_json, write_json
from concepts.target import Target, TargetSpec, resolve_target

FORMAT = 1  # raise when a cell computes something else, so that stored ones are not taken for it
MOST_BYTES = 2 * 2**30  # of activations held in memory, float16; from more images as many are drawn as fit
N_CROPS = 4
ARRAYS = "arrays.safetensors"
Progress = Callable[[str, float], None]


def evaluate(
    split: Split,
    dataset: PhotoSet,
    target: TargetSpec,
    settings: LabSettings | None = None,
    *,
    out: Path,
    store: Path,
    progress: Progress | None = None,
) -> Evaluation:
    """Every extraction × importance × measure as a table, written to `out`; complete or not at all.

    store: where activations and finished cells are kept, so that the same call goes on from the last one.
    Combinations that make no sense (nmf on a signed layer) are left out, and said so. Raises ValueError for a wrong
    target, an empty class, or fewer photos than concepts.
    """
    settings, show = settings or LabSettings(), progress or (lambda stage, share: None)
    begin = time.perf_counter()
    names = names_of_classes(split, dataset)
    resolved = resolve_target(target, names, split.n_classes)
    most = settings.report_settings(settings.methods[0], max(settings.n_concepts), settings.seed)
    selection = choose_photos(dataset, resolved, names, most)
    activations = collect_activations(
        split,
        selection.photos,
        store,
        batch_size=settings.batch_size,
        progress=lambda share: show("activations", share),
    )
    grid = _Grid(split, resolved, activations, settings, store, show)
    rows, left_out = grid.run()
    about = _about(split, selection, resolved, activations, grid.measured, settings, time.perf_counter() - begin)
    evaluation = Evaluation(about, tuple(rows), findings(rows), tuple(left_out), folder=out)
    with new_folder(out) as part:
        write_json(part / FILE, evaluation.to_json())
        write_tables(rows, part)
        grid.copy_to(part)
        write_html(replace(evaluation, folder=part), part / "evaluation.html")
    return evaluation


class _Grid:
    """Runs the cells, each kept in the store under a key of all that determines it."""

    def __init__(
        self, split: Split, target: Target, activations: Activations, settings: LabSettings, store: Path, show: Progress
    ) -> None:
        self.split, self.target, self.activations, self.settings = split, target, activations, settings
        self.store, self.show = store, show
        self.cells: dict[str, Path] = {}  # name of a dictionary → its folder in the store

    def run(self) -> tuple[list[Row], list[str]]:
        """All rows, and what was left out."""
        bench, rows, left_out = self._bench(), [], []
        dictionaries = self.settings.dictionaries
        for number, (method, k, seed) in enumerate(dictionaries):
            self.show(f"{method}, {k} concepts, seed {seed}", number / len(dictionaries))
            try:
                rows += self._cell(bench, method, k, seed)
            except ValueError as error:
                left_out.append(f"{method} with {k} concepts: {error}")
        for method in self.settings.methods:
            for k in self.settings.n_concepts:
                if f"{method}-{k}-{self.settings.seed}" in self.cells:
                    self.show(f"stability of {method}, {k} concepts", 1.0)
                    rows += self._stability(bench, method, k)
        if not rows:
            raise ValueError(f"nothing could be measured: {'; '.join(left_out)}")
        return rows, list(dict.fromkeys(left_out))

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
        (folder / "curves.safetensors").write_bytes(save(curves or {"none": np.zeros(0, np.float32)}))

    def _bench(self) -> desk.Bench:
        """The activations in memory, read once for all."""
        activations, n = self.activations, len(self.activations)
        drawn = np.random.default_rng(self.settings.seed).permutation(n)
        size = int(np.prod(activations.info["shape"])) * 2
        held = np.sort(drawn[: max(1, MOST_BYTES // size)])
        measured = np.sort(drawn[: self.settings.images])
        rows = torch.from_numpy(np.concatenate([activations.rows(i, i + 1) for i in held]))
        device = self.split.device
        logits = torch.from_numpy(activations.logits[measured]).to(device)
        self.measured = measured
        flat = rows.to(device).flatten(0, -2)
        return desk.Bench(
            self.split, self.target, MemoryRows(flat), activations.picked(measured.tolist(), device), logits
        )

    def _key(self, **parts: Any) -> str:
        s = self.settings
        shared = {"images": s.images, "sample": s.sample, "target": self.target.indices, "first": s.seed}
        return key_of(format=FORMAT, activations=self.activations.folder.name, **shared, **parts)

    def _cell(self, bench: desk.Bench, method: str, k: int, seed: int) -> list[Row]:
        """One dictionary: its rows and those of every importance, computed where the store has none."""
        from safetensors.numpy import save_file

        key = self._key(method=method, k=k, seed=seed, importances=self.settings.importances)
        cell = self.store / f"lab-{key}"
        if not (cell / "rows.json").is_file():
            with new_folder(cell, keep=True) as part:
                rows, arrays, pictures = self._compute(bench, method, k, seed)
                write_json(part / "rows.json", [asdict(row) for row in rows])
                save_file({name: np.ascontiguousarray(value) for name, value in arrays.items()}, part / ARRAYS)
                for name, content in pictures.items():
                    (part / name).write_bytes(content)
        self.cells[f"{method}-{k}-{seed}"] = cell
        return [Row(**row) for row in read_json(cell / "rows.json")]

    def _compute(
        self, bench: desk.Bench, method: str, k: int, seed: int
    ) -> tuple[list[Row], dict[str, np.ndarray], dict[str, bytes]]:
        fitted = desk.fit(bench, self.settings.report_settings(method, k, seed))
        rows = desk.dictionary_rows(bench, fitted)
        positions = fitted.codes.flatten(1, -2)  # (n, T, k)
        arrays = {
            "components": fitted.V.cpu().numpy(),
            "activity": positions.abs().amax(dim=1).cpu().numpy(),
        }
        for name, more, curves in desk.importance_rows(bench, fitted, self.settings.importances):
            self.show(f"{method}, {k} concepts, seed {seed}: {name}", 1.0)
            rows += more
            arrays |= {f"{name} {kind}": curve for kind, curve in curves.items()}
        return rows, arrays, self._crops(fitted)

    def _crops(self, fitted: desk.Fitted) -> dict[str, bytes]:
        from PIL import Image

        if self.split.grid is None:
            return {}
        maps = self.split.to_map(fitted.codes).cpu().numpy()

        def thumbnail(image: int) -> Image.Image:
            return Image.open(self.activations.thumbnail(int(self.measured[image]))).convert("RGB")

        found = [prototypes(maps, j, N_CROPS, thumbnail)[1] for j in range(maps.shape[-1])]
        return {name.split("/")[-1]: content for crops in found for name, content in crops.items()}

    def _stability(self, bench: desk.Bench, method: str, k: int) -> list[Row]:
        """Over seeds, from the dictionaries that are there; over folds, from fits of its own."""
        s = self.settings
        rows = []
        if s.n_seeds > 1:
            seeds = range(s.seed, s.seed + s.n_seeds)
            fitted = [_Restored(method, self.cells[f"{method}-{k}-{seed}"]) for seed in seeds]
            rows.append(_stability_row(method, k, "stability (seeds)", compare_fits(fitted, seed=s.seed)))
        if s.folds:
            cell = self.store / f"folds-{self._key(method=method, k=k, folds=s.folds)}"
            if not (cell / "rows.json").is_file():
                positions = bench.A[0].numel() // bench.A.shape[-1]
                whole = bench.rows.read(0, bench.rows.shape[0])
                A = whole.reshape(-1, positions, whole.shape[-1])
                found = stability(lambda seed: make_extractor(method, k, seed=seed), A, s.folds, seed=s.seed)
                with new_folder(cell, keep=True) as part:
                    write_json(part / "rows.json", [asdict(_stability_row(method, k, "stability (folds)", found))])
            rows += [Row(**row) for row in read_json(cell / "rows.json")]
        return rows


class _Restored:
    """A stored dictionary, as `compare_fits` takes it."""

    def __init__(self, method: str, cell: Path) -> None:
        from safetensors.torch import load_file

        self.components_ = load_file(cell / ARRAYS)["components"]
        self.signed_codes = EXTRACTORS[method].signed_codes

    def fit(self, A: Any, /) -> None:
        raise ValueError("a stored dictionary is not fitted again")


def _stability_row(method: str, k: int, measure: str, found: Stability) -> Row:
    low, high = (float(end) if np.isfinite(end) else None for end in found.interval)
    return Row(method, k, None, "", measure, found.value, low, high, found.control)


def _about(
    split: Split,
    selection: Selection,
    target: Target,
    activations: Activations,
    measured: np.ndarray,
    settings: LabSettings,
    seconds: float,
) -> dict[str, Any]:
    return {
        "created": provenance.now(),
        "model": {"name": split.card.name, "weights": split.card.weights, "fingerprint": split.card.fingerprint},
        "layer": {"path": split.layer, "grid": split.grid, "sign": split.sign, "channels": split.n_channels},
        "target": {"label": target.label, "indices": list(target.indices)},
        "photos": {
            "source": selection.photos.source_name,
            "n": len(activations),
            "measured": len(measured),
            "names": [
                selection.photos.names[activations.indices[i]] for i in measured
            ],  # of the rows of each dictionary's activity
            "fingerprint": selection.photos.fingerprint(),
        },
        "settings": asdict(settings),
        "versions": provenance.versions(),
        "seconds": {"whole": round(seconds, 2), "forward pass": round(activations.seconds["forward"], 2)},
    }
