"""A class report made up from a seed: coloured shapes, three strategies, some wrong answers, some outliers.

Nothing is trained: codes are where the shapes were drawn. To develop and test how a report is shown.
"""

import io
from dataclasses import replace

import numpy as np
from PIL import Image, ImageDraw

from concepts.data.images import Skipped
from concepts.models.outputs import Outputs
from concepts.models.target import Target
from concepts.report import ReportSettings
from concepts.report.class_report import ClassReport, thumbnail_name
from concepts.report.pipeline import tables
from concepts.report.pipeline.answers import predictions
from concepts.report.pipeline.crops import prototypes
from concepts.report.rows import Check, StrategyRow
from concepts.report.schema import FORMAT, Accuracy, Clustering, DatasetSummary, LayerSummary, ModelSummary, ReportData

SIDE, GRID, K = 160, 12, 8
COLOURS = ("#c0392b", "#2e6fb7", "#e0a526", "#3d8f5f", "#7d4fa3", "#d98880", "#5dade2", "#1b1b1b")
MAIN = ((0, 1, 5), (2, 3, 6), (4, 7, 0))  # the concepts of each strategy, most important first


def made_up_report(
    *, n: int = 120, seed: int = 0, label: str = "mushroom", model: str = "tinynet", layer: str = "features",
    names: list[str] | None = None, n_strategies: int = 3, labels_known: bool = True, grid: bool = True,
) -> ClassReport:  # fmt: skip
    """A report of n photos; `names` replaces the first file names."""
    rng = np.random.default_rng(seed)
    labels = _labels(n, n_strategies, rng)
    codes, pictures = _codes(labels, rng), {}
    maps = np.zeros((n, GRID, GRID, K), dtype=np.float32)
    for i in range(n):
        pictures[thumbnail_name(i)], maps[i] = _photo(codes[i], rng)
    phi = (codes * np.linspace(2.4, -0.4, K) + rng.normal(0, 0.05, (n, K))).astype(np.float32)
    order = tables.importance_order(phi)
    phi, maps = phi[:, order], np.ascontiguousarray(maps[..., order])
    right = rng.random(n) < np.where(labels == 2, 0.7, np.where(labels < 0, 0.5, 0.97))
    files = [*(names or []), *(f"{label}/photo_{i:04d}.jpg" for i in range(len(names or []), n))]
    arrays = {
        "phi": phi,
        "components": rng.random((K, 16)).astype(np.float32),
        "embedding": _embedding(labels, rng),
        "labels": labels,
        "evidence": phi,
    }
    crops: list[list] = [[] for _ in range(K)]
    if grid:
        arrays["maps"] = maps
        photos = dict(pictures)
        for j in range(K):
            crops[j], found = prototypes(maps, j, 8, lambda i: Image.open(io.BytesIO(photos[thumbnail_name(i)])))
            pictures |= found
    good = right if labels_known else None
    strategies = _strategy_rows(labels, order, good, n_strategies)
    data = ReportData(
        title=f"{label} · {model}",
        created=f"2025-03-{1 + seed % 27:02d} 09:30:00",
        model=ModelSummary(model, "made up", "ab12cd34", 5, "none"),
        layer=LayerSummary(
            layer, "map" if grid else "vector", (GRID, GRID) if grid else None, "non-negative", GRID**2, 16,
            "the last layer that still has places", 2e-6,
        ),
        target=Target((3,), (label,), label),
        dataset=DatasetSummary(
            "made-up shapes", n + 2, n,
            (Skipped(f"{label}/broken.jpg", "cut off after 2,048 bytes"),
             Skipped(f"{label}/notes.jpg", "not a picture")),
            labels_known, "ff00",
        ),
        settings=ReportSettings(method="nmf", n_concepts=K, seed=seed),
        versions={"python": "3.11.9", "torch": "2.15.0", "scikit-learn": "1.9.1"},
        seconds={"activations": 6.2, "concepts": 3.1, "importance": 0.2, "strategies": 1.9, "report": 0.7,
                 "forward pass": 5.4},
        reused=("activations",),
        accuracy=Accuracy(
            float(right.mean()), max(0.0, float(right.mean()) - 0.05), min(1.0, float(right.mean()) + 0.04),
            "share of the photos that the model gets right",
        ),
        images=_image_rows(files, labels, right, labels_known, label, rng),
        concepts=tables.concept_rows(phi, good, np.arange(K) == K - 1, crops, seed),
        strategies=strategies,
        clustering=Clustering(
            n_strategies, 0.61, 0.93, 0.88, 0.99, "umap", "peak", strategies[-1].suspicion, _links(n_strategies)
        ),
        checks=_checks(),
        subconcepts=(),
        suspicions=(),
        mistakes=(),
        request=None,
        command="",
        format=FORMAT,
    )  # fmt: skip
    return ClassReport(data, arrays=arrays, pictures=pictures)


def renamed(report: ClassReport, **changes: object) -> ClassReport:
    """A copy of the report with other tables."""
    return ClassReport(replace(report.data, **changes), arrays=report._arrays, pictures=report._pictures)  # type: ignore[arg-type]


def _labels(n: int, n_strategies: int, rng: np.random.Generator) -> np.ndarray:
    shares = np.array([0.5, 0.3, 0.14][:n_strategies]) + (0.44 if n_strategies == 1 else 0)
    labels = rng.choice(
        [*range(n_strategies), -1], size=n, p=[*(shares / (shares.sum() + 0.04)), 0.04 / (shares.sum() + 0.04)]
    )
    labels[: n_strategies + 1] = [*range(n_strategies), -1]  # no strategy is empty
    return labels.astype(np.int64)


def _codes(labels: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    codes = rng.exponential(0.12, (len(labels), K))
    for i, label in enumerate(labels):
        main = MAIN[label] if label >= 0 else rng.permutation(K)[:3]
        codes[i, list(main)] += np.array([1.6, 1.0, 0.5]) * rng.uniform(0.6, 1.2, 3)
    return codes


def _photo(codes: np.ndarray, rng: np.random.Generator) -> tuple[bytes, np.ndarray]:
    """A picture with a shape for each concept that is present, and the (GRID, GRID, K) map of their positions."""
    pixels = (
        rng.integers(-12, 12, (SIDE, SIDE, 3)) + rng.integers(140, 215, 3) + np.linspace(-20, 20, SIDE)[:, None, None]
    )
    picture = Image.fromarray(pixels.clip(0, 255).astype(np.uint8))
    pencil = ImageDraw.Draw(picture)
    ys, xs = np.mgrid[:GRID, :GRID] + 0.5
    maps = np.zeros((GRID, GRID, K), dtype=np.float32)
    for j in np.argsort(codes):
        x, y, radius = *rng.uniform(0.18, 0.82, 2), 0.06 + 0.07 * min(codes[j], 1.5)
        maps[..., j] = codes[j] * np.exp(-((xs / GRID - x) ** 2 + (ys / GRID - y) ** 2) / (2 * radius**2))
        if codes[j] > 0.25:
            _shape(pencil, j, x * SIDE, y * SIDE, radius * SIDE)
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=85)
    return buffer.getvalue(), maps


def _shape(pencil: ImageDraw.ImageDraw, j: int, x: float, y: float, r: float) -> None:
    if j % 4 == 0:
        pencil.ellipse((x - r, y - r, x + r, y + r), fill=COLOURS[j])
    elif j % 4 == 1:
        pencil.rectangle((x - r, y - r, x + r, y + r), fill=COLOURS[j])
    else:
        pencil.regular_polygon((x, y, r * 1.2), 3 if j % 4 == 2 else 6, fill=COLOURS[j])


def _embedding(labels: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    centres = np.array([[0.0, 0.0], [7.0, 2.5], [2.5, 6.5], [4.0, -3.0]])
    return (centres[labels] + rng.normal(0, 1, (len(labels), 2)) * (1 + (labels < 0)[:, None])).astype(np.float32)


def _image_rows(files, labels, right, labels_known, label, rng) -> tuple:
    others = ("toadstool", "pebble", "lamp")
    logits = np.zeros((len(files), 4))
    logits[np.arange(len(files)), np.where(right, 3, rng.integers(0, 3, len(files)))] = rng.uniform(1.5, 6, len(files))
    return tables.image_rows(
        files, [3 if labels_known else None] * len(files), predictions(Outputs(), logits, [*others, label]),
        logits[:, 3], logits.argmax(axis=1) == 3, right if labels_known else None, labels, [*others, label],
    )  # fmt: skip


def _strategy_rows(labels, order, right, n_strategies) -> tuple[StrategyRow, ...]:
    place = np.argsort(order)
    rows = []
    for s in range(n_strategies):
        members = labels == s
        rows.append(
            StrategyRow(
                s, int(members.sum()), float(members.mean()), *tables.share_right(right, members),
                tuple(int(place[j]) for j in MAIN[s]), int(np.flatnonzero(members)[0]), (0.06, 0.11, 0.82)[s],
            )
        )  # fmt: skip
    return tuple(rows)


def _links(n_strategies: int) -> tuple[tuple[float, ...], ...]:
    links = np.array([[0.96, 0.03, 0.01], [0.03, 0.95, 0.02], [0.01, 0.02, 0.97]])
    return tuple(map(tuple, links[:n_strategies, :n_strategies].tolist()))


def _checks() -> tuple[Check, ...]:
    return (
        Check("kept answers", 0.96, "Fed the concepts alone, the model gives the same answer on 96% of 120 photos.",
              low=0.92, high=0.99),
        Check("relative ℓ2", 0.42, "The concepts leave 42% of the length of the activations unexplained.",
              control=0.97, control_name="random directions"),
        Check("agreement of strategies", 0.93, "3 strategies were found. On photos drawn anew, the grouping agrees "
              "with this one by 0.93.", low=0.88, high=0.99, control=0.0, control_name="chance"),
        Check("split check", 2e-6, "Cutting the model here and joining it again moves its logits by at most 2.0e-06."),
        Check("silhouette", None, "It cannot be computed for one strategy."),
    )  # fmt: skip
