"""An evaluation made up from a seed, written as the real ones are. Nothing is fitted. For testing what shows one."""

import io
from pathlib import Path

import numpy as np
from PIL import Image
from safetensors.numpy import save_file

from concepts.laboratory.evaluation import FILE, Evaluation
from concepts.laboratory.findings import Finding
from concepts.laboratory.table import Row, write_tables
from concepts.store import write_json

K, P, N = 5, 12, 20
ERRORS = {"nmf": 0.6, "kmeans": 0.7, "pca": 0.5}
DELETIONS = {"gradient_input": 1.0, "occlusion": 1.0, "rise": 2.0, "saliency": 6.0}  # a random order gives 5
FINDINGS = (Finding("one claim", "k = 5: it came out", True), Finding("another claim", "it did not <b>", False),
            Finding("a third claim", "too few photos", None))  # fmt: skip


def made_up_evaluation(folder: Path, *, seed: int = 0, target: str = "boat", left_out: tuple[str, ...] = ()) -> Path:
    """Three extractions × four importances; saliency is worse than chance."""
    rng = np.random.default_rng(seed)
    rows, curves = _rows(), {}
    for method in ERRORS:
        name = f"{method}-{K}-0"
        place = folder / "dictionaries" / name
        place.mkdir(parents=True)
        arrays = {"components": rng.random((K, P)), "activity": rng.random((N, K))}
        save_file({key: value.astype(np.float32) for key, value in arrays.items()}, place / "arrays.safetensors")
        for j in range(K):
            for crop in range(2):
                (place / f"concept_{j:03d}_{crop}.jpg").write_bytes(_picture(rng))
        for importance, area in DELETIONS.items():
            mean = np.linspace(2 * area, 0, K + 1)
            for kind, curve in (("deletion", mean), ("insertion", mean[::-1])):
                control = np.linspace(10, 0, K + 1)
                curves[f"{name} {importance} {kind}"] = np.stack([curve, curve - 1, curve + 1, control])
    save_file({key: value.astype(np.float32) for key, value in curves.items()}, folder / "curves.safetensors")
    write_tables(rows, folder)
    (folder / "evaluation.html").write_text("<p>made up</p>")
    write_json(folder / FILE, Evaluation(_about(target), tuple(rows), FINDINGS, left_out).to_json())
    return folder


def _rows() -> list[Row]:
    rows = []
    for method, error in ERRORS.items():
        rows += [
            Row(method, K, 0, "", "relative ℓ2", error, error - 0.05, error + 0.05),
            Row(method, K, 0, "", "sparsity", error - 0.1),
            Row(method, K, None, "", "stability (seeds)", 1 - error, control=0.45),
        ]
        for importance, area in DELETIONS.items():
            passes = 256.0 if importance == "rise" else 1.0
            rows.append(Row(method, K, 0, importance, "C-Deletion", area, area - 0.5, area + 0.5, 5.0))
            rows.append(Row(method, K, 0, importance, "C-μFidelity", 1 / area, control=0.0))
            rows.append(Row(method, K, 0, importance, "head passes", passes))
    return rows


def _about(target: str) -> dict:
    return {
        "created": "2025-03-01 10:00:00",
        "model": {"name": "/somewhere/private/tiny.py:build", "weights": "made up", "fingerprint": "ab12cd34"},
        "layer": {"path": "features", "grid": [4, 4], "sign": ">= 0", "channels": P},
        "target": {"label": target, "indices": [3]},
        "photos": {"source": "made-up shapes", "n": 40, "measured": N, "fingerprint": "ff00",
                   "names": [f"photo_{i}.jpg" for i in range(N)]},
        "settings": {"methods": list(ERRORS), "importances": list(DELETIONS), "n_concepts": [K], "n_seeds": 1,
                     "folds": 0, "images": N, "photos": "class", "sample": 1000, "seed": 0, "batch_size": 8},
        "versions": {"python": "3.11.9"},
        "seconds": {"whole": 3.0, "forward pass": 1.0},
    }  # fmt: skip


def _picture(rng: np.random.Generator) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(rng.integers(0, 255, (24, 24, 3)).astype(np.uint8)).save(buffer, "JPEG")
    return buffer.getvalue()
