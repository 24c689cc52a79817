"""The whole grid: activations once, then every dictionary and every importance on it; resumes where it was stopped."""

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
from PIL import Image

from concepts.activations.collect import Activations, collect_activations
from concepts.data.dataset import Dataset
from concepts.evaluation.about import About, MeasuredLayer, MeasuredModel, MeasuredPhotos, MeasuredTarget, Seconds
from concepts.evaluation.evaluation import FILE, FORMAT, Evaluation
from concepts.evaluation.findings import findings
from concepts.evaluation.html import write_evaluation_html
from concepts.evaluation.measurement_data import open_measurement_data, parts_seen
from concepts.evaluation.runner import EvaluationRunner
from concepts.evaluation.settings import LabSettings
from concepts.evaluation.table import write_tables
from concepts.models import Split
from concepts.models.target import Target, TargetSpec, resolve_target
from concepts.report.pipeline import provenance
from concepts.report.pipeline.class_order import try_names
from concepts.report.pipeline.selection import Selection, choose_photos, names_from, names_of_classes
from concepts.storage.store import new_folder
from concepts.storage.typed_json import write_typed

Progress = Callable[[str, float], None]


def evaluate(
    split: Split,
    dataset: Dataset[Image.Image],
    target: TargetSpec,
    settings: LabSettings | None = None,
    *,
    out: Path,
    store: Path,
    masks: Mapping[str, np.ndarray] | None = None,
    progress: Progress | None = None,
) -> Evaluation:
    """Every extraction × importance × measure as a table, written atomically to `out`.

    store: folder of activations and finished cells, from which the same call resumes after the last one.
    masks: ground truth, part → (n, H, W) bool by photo of the whole set: coherence is then measured as well.
    Stability over folds is that of all photos, or of a seeded draw whose activations take 256 MB as float32.
    Methods that do not suit (nmf on a signed layer) are left out, and reported. Raises ValueError for a wrong target,
    an empty class, masks that do not fit, fewer photos than concepts or than folds, or when nothing could be measured.
    """
    settings, show = settings or LabSettings(), progress or (lambda stage, share: None)
    begin = time.perf_counter()
    names = names_of_classes(split, dataset)
    resolved = resolve_target(target, names, split.n_classes)
    most = settings.report_settings(settings.methods[0], max(settings.n_concepts), settings.seed)
    selection = choose_photos(dataset, resolved, names, most)
    try_names(split, selection, resolved, names_from(split, dataset), most)  # raises where they were guessed wrong
    activations = collect_activations(
        split,
        selection.photos,
        store,
        batch_size=settings.batch_size,
        progress=lambda share: show("activations", share),
    )
    if len(activations) < max(2, settings.folds):
        raise ValueError(f"{len(activations)} photos could be read, for {settings.folds} folds: add photos")
    data = open_measurement_data(split, resolved, activations, images=settings.images, seed=settings.seed)
    if masks:
        shown = [selection.photos.names[activations.indices[row]] for row in data.measured]
        data = replace(data, parts=parts_seen(split, masks, dataset, shown))
    grid = EvaluationRunner(data, activations, settings, store, show)
    rows, left_out = grid.run()
    about = _about(split, selection, resolved, activations, grid.measured, settings, time.perf_counter() - begin)
    evaluation = Evaluation(about, tuple(rows), findings(rows), tuple(left_out), FORMAT, out)
    with new_folder(out) as part:
        write_typed(part / FILE, evaluation)
        write_tables(rows, part)
        grid.copy_to(part)
        write_evaluation_html(replace(evaluation, folder=part), part / "evaluation.html")
    return evaluation


def _about(
    split: Split,
    selection: Selection,
    target: Target,
    activations: Activations,
    measured: np.ndarray,
    settings: LabSettings,
    seconds: float,
) -> About:
    photos, card = selection.photos, split.card
    return About(
        created=provenance.now(),
        model=MeasuredModel(card.name, card.weights, card.fingerprint),
        layer=MeasuredLayer(split.layer, split.grid, split.sign, split.n_channels),
        target=MeasuredTarget(target.label, target.indices),
        photos=MeasuredPhotos(
            source=photos.source_name,
            n=len(activations),
            measured=len(measured),
            fingerprint=photos.fingerprint(),
            names=tuple(photos.names[activations.indices[i]] for i in measured),
        ),
        settings=settings,
        versions=provenance.versions(),
        seconds=Seconds(round(seconds, 2), round(activations.seconds.forward, 2)),
    )
