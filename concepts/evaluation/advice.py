"""Measured advice on the number of concepts and the layer: error, stability and kept answers of each, and a reason."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from PIL import Image

from concepts.activations.collect import collect_activations
from concepts.data.dataset import Dataset
from concepts.evaluation import dictionary_scores
from concepts.evaluation.measurement_data import MeasurementData, open_measurement_data
from concepts.evaluation.table import Row
from concepts.extraction.methods import EXTRACTIONS
from concepts.metrics import compare_fits
from concepts.models import Split
from concepts.models.target import TargetSpec, resolve_target
from concepts.report.pipeline.class_order import try_names
from concepts.report.pipeline.selection import choose_photos, names_from, names_of_classes
from concepts.report.settings import ReportSettings
from concepts.storage.typed_json import Count, Finite

SEEDS = 3
IMAGES = 64  # on which error and kept answers are measured
MOST_LAYERS = 4
STABLE = 0.15  # mean 1 − cosine up to which dictionaries of other starts count as the same
NOTHING = "there is nothing to advise on: name at least one candidate"
Progress = Callable[[str, float], None]


@dataclass(frozen=True)
class Choice:
    """One candidate, measured: figures, with intervals where available (lower error and instability are better)."""

    layer: str
    n_concepts: Count
    error: Row
    kept: Row
    instability: Finite


@dataclass(frozen=True)
class Advice:
    """All candidates, the recommended one and the reason in one sentence."""

    choices: tuple[Choice, ...]
    recommended: Choice
    reason: str


@dataclass(frozen=True)
class AdviceFile:
    """Output of the command `advise`: over numbers of concepts, then over layers at the recommended number."""

    n_concepts: Advice
    layer: Advice


def advise_n_concepts(
    split: Split, dataset: Dataset[Image.Image], target: TargetSpec, candidates: Sequence[int],
    settings: ReportSettings | None = None, *, store: Path, progress: Progress | None = None,
) -> Advice:  # fmt: skip
    """The smallest number of concepts that keeps as many answers as any (within the best's 95% interval) and is stable
    over other starts (mean 1 − cosine ≤ 0.15); where none is stable, the most stable of those that keep as many. Every
    candidate is fitted with three seeds. Raises ValueError as `build_report`."""
    numbers, base = sorted(set(candidates)), settings or ReportSettings()
    if not numbers:
        raise ValueError(NOTHING)
    data = _bench(split, dataset, target, replace(base, n_concepts=numbers[-1]), store, progress)
    return recommend([_measured(data, replace(base, n_concepts=k), progress) for k in numbers])


def advise_layer(
    split: Split, dataset: Dataset[Image.Image], target: TargetSpec, n_concepts: int, layers: Sequence[str] = (),
    settings: ReportSettings | None = None, *, store: Path, progress: Progress | None = None,
) -> Advice:  # fmt: skip
    """`advise_n_concepts` over layers: those given, or those of `candidate_layers` that suit the method."""
    own = replace(settings or ReportSettings(), n_concepts=n_concepts)
    choices = []
    for path in layers or candidate_layers(split, own.method):
        data = _bench(split.at(path), dataset, target, own, store, progress)
        choices.append(_measured(data, own, progress))
    return recommend(choices)


def candidate_layers(split: Split, method: str = "auto") -> list[str]:
    """Up to four layers with a grid of at least 4 × 4 from the second half of the network, in its order, of a sign that
    the method accepts; the split's own layer is always included."""
    signed = method not in EXTRACTIONS or EXTRACTIONS[method].signed_input
    fine = [
        info.path for info in split.layers() if info.grid and min(info.grid) >= 4 and (signed or info.sign == ">= 0")
    ]
    half = fine[len(fine) // 2 :]
    places = np.linspace(0, max(len(half) - 1, 0), MOST_LAYERS).round().astype(int)
    chosen = [half[i] for i in np.unique(places)] if half else []
    if split.layer not in chosen:
        chosen = [*chosen[-(MOST_LAYERS - 1) :], split.layer]
    order = [info.path for info in split.layers()]
    return sorted(chosen, key=lambda path: order.index(path) if path in order else len(order))


def recommend(choices: Sequence[Choice]) -> Advice:
    """The choice by the rule of `advise_n_concepts`, in the order given: the first suitable one."""
    if not choices:
        raise ValueError(NOTHING)
    best = max(choices, key=lambda c: (c.kept.value or 0.0, -(c.error.value or 0.0)))
    enough = best.kept.low if best.kept.low is not None else best.kept.value or 0.0
    keeping = [c for c in choices if (c.kept.value or 0.0) >= enough]
    stable = [c for c in keeping if c.instability <= STABLE]
    chosen = stable[0] if stable else min(keeping, key=lambda c: c.instability)
    kept = f"keeps {chosen.kept.value or 0.0:.0%} of the answers (the best keeps {best.kept.value or 0.0:.0%})"
    again = f"other starts give the same concepts to within {chosen.instability:.2f}"
    first = (
        "the first that does both" if stable else f"the most stable of those that keep as much; none is within {STABLE}"
    )
    return Advice(tuple(choices), chosen, f"{chosen.n_concepts} concepts at {chosen.layer}: {kept}, {again}; {first}.")


def _bench(
    split: Split, dataset: Dataset[Image.Image], target: TargetSpec, settings: ReportSettings, store: Path,
    progress: Progress | None,
) -> MeasurementData:  # fmt: skip
    """The activations at that layer, read once for all candidates; settings with the largest number of concepts."""
    names = names_of_classes(split, dataset)
    resolved = resolve_target(target, names, split.n_classes)
    selection = choose_photos(dataset, resolved, names, settings)
    try_names(split, selection, resolved, names_from(split, dataset), settings)  # raises where they were guessed wrong
    activations = collect_activations(
        split, selection.photos, store, batch_size=settings.batch_size,
        progress=(lambda share: progress(f"activations of {split.layer}", share)) if progress else None,
    )  # fmt: skip
    return open_measurement_data(split, resolved, activations, images=IMAGES, seed=settings.seed)


def _measured(data: MeasurementData, settings: ReportSettings, progress: Progress | None) -> Choice:
    fits = []
    for again in range(SEEDS):
        if progress:
            progress(f"{data.split.layer}, {settings.n_concepts} concepts", again / SEEDS)
        fits.append(dictionary_scores.fit(data, replace(settings, seed=settings.seed + again)))
    found = {row.measure: row for row in dictionary_scores.dictionary_rows(data, fits[0])}
    instability = float(compare_fits([fit.extractor for fit in fits], seed=settings.seed))
    layer = data.split.layer
    return Choice(layer, settings.n_concepts, found["relative ℓ2"], found["kept answers"], instability)
