"""An evaluation made up from a seed, stored like a real one, to test how it is shown. Nothing is fitted."""

import io
from pathlib import Path

import numpy as np
from PIL import Image

from concepts.evaluation.about import About, MeasuredLayer, MeasuredModel, MeasuredPhotos, MeasuredTarget, Seconds
from concepts.evaluation.arrays import Curve, Curves, DictionaryArrays, write_arrays, write_curves
from concepts.evaluation.evaluation import CURVES, FILE, FORMAT, Evaluation
from concepts.evaluation.findings import Finding
from concepts.evaluation.settings import DictionaryName, LabSettings
from concepts.evaluation.table import Row, write_tables
from concepts.storage.typed_json import write_typed

K, P, N = 5, 12, 20
ERRORS = {"nmf": 0.6, "kmeans": 0.7, "pca": 0.5}
DELETIONS = {"gradient_input": 1.0, "occlusion": 1.0, "rise": 2.0, "saliency": 6.0}  # a random order has 5
FINDINGS = (Finding("one claim", "k = 5: it came out", True), Finding("another claim", "it did not <b>", False),
            Finding("a third claim", "too few photos", None))  # fmt: skip


def made_up_evaluation(folder: Path, *, seed: int = 0, target: str = "boat", left_out: tuple[str, ...] = ()) -> Path:
    """Three extractions × four importances; saliency is worse than chance."""
    rng = np.random.default_rng(seed)
    rows, names = _rows(), [str(DictionaryName(method, K, 0)) for method in ERRORS]
    for name in names:
        place = folder / "dictionaries" / name
        place.mkdir(parents=True)
        V, activity = rng.random((K, P)), rng.random((N, K))
        arrays = DictionaryArrays(V.astype(np.float32), activity.astype(np.float32))
        write_arrays(place / "arrays.safetensors", arrays.arrays)
        for j in range(K):
            for crop in range(2):
                (place / f"concept_{j:03d}_{crop}.jpg").write_bytes(_picture(rng))
    write_curves(folder / CURVES, dict.fromkeys(names, _curves()))
    write_tables(rows, folder)
    (folder / "evaluation.html").write_text("<p>made up</p>")
    write_typed(folder / FILE, Evaluation(made_up_about(target), tuple(rows), FINDINGS, left_out, FORMAT))
    return folder


def _curves() -> Curves:
    means = {importance: np.linspace(2 * area, 0, K + 1) for importance, area in DELETIONS.items()}
    return Curves(
        {importance: made_up_curve(mean) for importance, mean in means.items()},
        {importance: made_up_curve(mean[::-1]) for importance, mean in means.items()},
    )


def made_up_curve(mean: np.ndarray) -> Curve:
    """A curve with a band of ±1, beside a random order that falls from 10 to 0."""
    return Curve.of(np.stack([mean, mean - 1, mean + 1, np.linspace(10, 0, len(mean))]).astype(np.float32))


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


def made_up_about(target: str = "boat", created: str = "2025-03-01 10:00:00") -> About:
    """Made-up settings and data of an evaluation."""
    return About(
        created=created,
        model=MeasuredModel("/somewhere/private/tiny.py:build", "made up", "ab12cd34"),
        layer=MeasuredLayer("features", (4, 4), ">= 0", P),
        target=MeasuredTarget(target, (3,)),
        photos=MeasuredPhotos("made-up shapes", 40, N, "ff00", tuple(f"photo_{i}.jpg" for i in range(N))),
        settings=LabSettings(
            tuple(ERRORS), tuple(DELETIONS), (K,), n_seeds=1, folds=0, images=N, sample=1000, batch_size=8
        ),
        versions={"python": "3.11.9"},
        seconds=Seconds(3.0, 1.0),
    )


def _picture(rng: np.random.Generator) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(rng.integers(0, 255, (24, 24, 3)).astype(np.uint8)).save(buffer, "JPEG")
    return buffer.getvalue()
