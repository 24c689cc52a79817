"""Measured advice: how many concepts, which layer. Error, stability and kept answers over the choices, and a reason."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from concepts.activations import collect_activations
from concepts.extraction import MemoryRows
from concepts.laboratory import desk
from concepts.laboratory.table import Row
from concepts.metrics import compare_fits
from concepts.models import Split, split_model
from concepts.photos import PhotoSet
from concepts.report.selection import choose_photos, names_of_classes
from concepts.report.settings import ReportSettings
from concepts.target import TargetSpec, resolve_target

SEEDS = 3
IMAGES = 64  # on which error and kept answers are measured
MOST_LAYERS = 4
STABLE = 0.15  # mean 1 − cosine up to which dictionaries of other starts are called the same
Progress = Callable[[str, float], None]


@dataclass(frozen=True)
class Choice:
    """One candidate, measured: figures with intervals where there are such (lower error and instability are better)."""

    layer: str
    n_concepts: int
    error: Row
    kept: Row
    instability: float


@dataclass(frozen=True)
class Advice:
    """All candidates, the recommended one and the reason in one sentence."""

    choices: tuple[Choice, ...]
    recommended: Choice
    reason: str


def advise_n_concepts(
    split: Split, dataset: PhotoSet, target: TargetSpec, candidates: Sequence[int],
    settings: ReportSettings | None = None, *, store: Path, progress: Progress | None = None,
) -> Advice:  # fmt: skip
    """The smallest number of concepts that keeps as many answers as any does (within the best's 95% interval) and
    comes out alike from other starts (mean 1 − cosine ≤ 0.15); where none is stable, the most stable of those that
    keep. Every candidate is fitted with three seeds. Raises ValueError as `build_report`."""
    choices = [choice for k in candidates for choice in _measured(split, dataset, target, k, settings, store, progress)]
    return recommend(choices)


def advise_layer(
    split: Split, dataset: PhotoSet, target: TargetSpec, n_concepts: int, layers: Sequence[str] = (),
    settings: ReportSettings | None = None, *, store: Path, progress: Progress | None = None,
) -> Advice:  # fmt: skip
    """The same over layers: those given, or four spread over the second half of the layers with a grid of places."""
    paths = list(layers) or candidate_layers(split)
    splits = [split_model(split.model, layer=path) for path in paths]
    choices = [c for each in splits for c in _measured(each, dataset, target, n_concepts, settings, store, progress)]
    return recommend(choices)


def candidate_layers(split: Split) -> list[str]:
    """Up to four layers with a grid of at least 4 × 4 from the second half of the network; the split's own is one."""
    fine = [info.path for info in split.layers() if info.grid and min(info.grid) >= 4]
    half = fine[len(fine) // 2 :]
    places = np.linspace(0, max(len(half) - 1, 0), MOST_LAYERS).round().astype(int)
    chosen = [half[i] for i in np.unique(places)] if half else []
    return list(dict.fromkeys([*chosen[: MOST_LAYERS - 1], split.layer]))


def recommend(choices: Sequence[Choice]) -> Advice:
    """The choice by the rule of `advise_n_concepts`, in the order given: earlier ones are preferred."""
    if not choices:
        raise ValueError("there is nothing to advise on: name at least one candidate")
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


def _measured(
    split: Split, dataset: PhotoSet, target: TargetSpec, k: int, settings: ReportSettings | None, store: Path,
    progress: Progress | None,
) -> list[Choice]:  # fmt: skip
    base = settings or ReportSettings()
    own = ReportSettings(
        method=base.method, n_concepts=k, seed=base.seed, photos=base.photos, sample=base.sample,
        batch_size=base.batch_size,
    )  # fmt: skip
    names = names_of_classes(split, dataset)
    resolved = resolve_target(target, names, split.n_classes)
    selection = choose_photos(dataset, resolved, names, own)
    activations = collect_activations(split, selection.photos, store, batch_size=own.batch_size)
    measured = np.sort(np.random.default_rng(own.seed).permutation(len(activations))[:IMAGES])
    A = activations.picked(measured.tolist(), split.device)
    rows = torch.cat([batch.flatten(0, -2) for batch in activations.batches(64, split.device)])
    logits = torch.from_numpy(activations.logits[measured]).to(split.device)
    bench = desk.Bench(split, resolved, MemoryRows(rows), A, logits)
    fits = []
    for seed in range(SEEDS):
        if progress:
            progress(f"{split.layer}, {k} concepts", seed / SEEDS)
        fits.append(desk.fit(bench, ReportSettings(**(vars(own) | {"seed": own.seed + seed}))))
    found = {row.measure: row for row in desk.dictionary_rows(bench, fits[0])}
    instability = float(compare_fits([fit.extractor for fit in fits], seed=own.seed))
    return [Choice(split.layer, k, found["relative ℓ2"], found["kept answers"], instability)]
