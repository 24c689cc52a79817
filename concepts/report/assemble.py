"""Stage "report": from what the stages found to tables, arrays and pictures."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from PIL import Image

from concepts.activations import Activations
from concepts.models import Split
from concepts.report import checks, provenance, tables
from concepts.report.crops import prototypes
from concepts.report.dictionary import extractor_for
from concepts.report.result import Check, ClassReport, CropRow, ReportData, SubConceptRow, thumbnail_name
from concepts.report.selection import Selection, recognised, right
from concepts.report.settings import ReportSettings
from concepts.report.stages import Arrays, Stages
from concepts.report.weights import scores
from concepts.target import Target


@dataclass(frozen=True)
class Findings:
    """All that is known before strategies are looked for; concepts stand in the order of importance."""

    split: Split
    selection: Selection
    target: Target
    settings: ReportSettings
    activations: Activations
    found: Arrays
    weighed: Arrays

    @cached_property
    def labels(self) -> list[int | None]:
        return [self.selection.labels[i] for i in self.activations.indices]

    @cached_property
    def right(self) -> np.ndarray | None:
        """(n,) bool where the photos' classes are known, else None."""
        return right(self.activations.logits, self.labels, self.target)

    @cached_property
    def recognised(self) -> np.ndarray:
        """(n,) bool: does the model answer with the target?"""
        return recognised(self.activations.logits, self.target)

    @cached_property
    def maps(self) -> np.ndarray:
        """(n, h, w, k) concept maps; only where the layer has a grid."""
        import torch

        return self.split.to_map(torch.from_numpy(self.found["codes"])).contiguous().numpy()

    def thumbnail(self, row: int) -> Image.Image:
        """What the model saw of the photo in that row."""
        return Image.open(self.activations.thumbnail(row)).convert("RGB")

    @property
    def good(self) -> np.ndarray:
        """What reliability counts: right answers, or where classes are not known, recognised photos."""
        return self.recognised if self.right is None else self.right


def assemble(
    findings: Findings, parts: tuple[tuple[SubConceptRow, ...], dict[str, bytes]], strategies: Any, stages: Stages,
    **more: Any,
) -> ClassReport:  # fmt: skip
    """The report, in memory; `parts` as from `find_subconcepts`, `strategies` as from `find_strategies`, `more` tables
    by their names in `ReportData`."""
    n, k = findings.weighed["phi"].shape
    thumbnails = {thumbnail_name(i): findings.activations.thumbnail(i).read_bytes() for i in range(n)}
    arrays = _arrays(findings, strategies)
    crops: list[list[CropRow]] = [[] for _ in range(k)]
    pictures: dict[str, bytes] = {}
    if findings.split.grid is not None:
        arrays["maps"] = findings.maps
        crops, pictures = _crops(findings)
    data = replace(_data(findings, strategies, stages, crops), subconcepts=parts[0], **more)
    return ClassReport(data, arrays=arrays, pictures=thumbnails | pictures | parts[1])


def _arrays(findings: Findings, strategies: Any) -> Arrays:
    return {
        "phi": findings.weighed["phi"].astype(np.float32),
        "components": findings.found["components"],
        "embedding": np.asarray(strategies.embedding, dtype=np.float32),
        "labels": np.asarray(strategies.labels, dtype=np.int64),
        "evidence": np.asarray(strategies.evidence, dtype=np.float32),
    }


def _crops(findings: Findings) -> tuple[list[list[CropRow]], dict[str, bytes]]:
    maps, n_crops = findings.maps, findings.settings.n_crops

    def one(concept: int) -> tuple[list[CropRow], dict[str, bytes]]:
        return prototypes(maps, concept, n_crops, findings.thumbnail)

    with ThreadPoolExecutor() as pool:  # Pillow and SciPy release the interpreter's lock
        found = list(pool.map(one, range(maps.shape[-1])))
    return [rows for rows, _ in found], {name: data for _, pictures in found for name, data in pictures.items()}


def _data(findings: Findings, strategies: Any, stages: Stages, crops: Sequence[Sequence[CropRow]]) -> ReportData:
    target, settings = findings.target, findings.settings
    clustering = _clustering(strategies)
    return ReportData(
        title=f"{target.label} · {findings.split.card.name}",
        created=provenance.now(),
        model=_model(findings.split),
        layer=_layer(findings),
        target={"label": target.label, "indices": target.indices, "names": target.names},
        data=_source(findings),
        settings=asdict(settings) | {"method": extractor_for(findings.split, settings).method},
        versions=provenance.versions(),
        seconds=_seconds(findings, stages),
        reused=tuple(stages.reused),
        accuracy=_accuracy(findings),
        images=_image_rows(findings, strategies),
        concepts=tables.concept_rows(
            findings.weighed["phi"], findings.good, findings.found["dead"], crops, settings.seed
        ),
        strategies=tables.strategy_rows(strategies, findings.good),
        clustering=clustering,
        checks=tuple(_checks(findings, clustering)),
    )


def _image_rows(findings: Findings, strategies: Any) -> tuple:
    activations, names = findings.activations, findings.selection.photos.names
    return tables.image_rows(
        [names[i] for i in activations.indices],
        findings.labels,
        activations.logits,
        scores(activations.logits, findings.target),
        findings.recognised,
        findings.right,
        strategies.labels,
        findings.selection.class_names,
    )


def _checks(findings: Findings, clustering: dict[str, Any]) -> list[Check]:
    weighed, seed, target = findings.weighed, findings.settings.seed, findings.target
    logits, kept = findings.activations.logits[weighed["kept"]], weighed["kept_logits"]
    return [
        *checks.kept_checks(scores(logits, target), scores(kept, target), logits, kept, seed),
        *checks.dictionary_checks(findings.found),
        *checks.importance_checks(weighed["gap"], weighed["error"], bool(weighed["closed_form"]), seed),
        *checks.strategy_checks(clustering),
        checks.split_check(findings.activations.split_check),
    ]


def _accuracy(findings: Findings) -> dict[str, Any]:
    share, low, high = tables.share_right(findings.good, np.ones(len(findings.good), dtype=bool))
    means = "share of the photos that the model gets right"
    if findings.right is None:
        means = "share of the photos that the model recognises as the target (the photos' own classes are not known)"
    return {"value": share, "low": low, "high": high, "means": means}


def _seconds(findings: Findings, stages: Stages) -> dict[str, float]:
    forward = findings.activations.seconds["forward"]
    return {name: round(value, 3) for name, value in {**stages.seconds, "forward pass": forward}.items()}


def _model(split: Split) -> dict[str, Any]:
    card = split.card
    return {
        "name": card.name,
        "weights": card.weights,
        "fingerprint": card.fingerprint,
        "n_classes": split.n_classes,
        "transform": card.transform_text,
    }


def _layer(findings: Findings) -> dict[str, Any]:
    split = findings.split
    return {
        "path": split.layer,
        "kind": split.kind,
        "grid": split.grid,
        "sign": split.sign,
        "positions": split.n_positions,
        "channels": split.n_channels,
        "reason": split.reason,
        "check": findings.activations.split_check,
    }


def _source(findings: Findings) -> dict[str, Any]:
    photos, activations = findings.selection.photos, findings.activations
    return {
        "source": photos.source_name,
        "n_photos": len(photos),
        "n_used": len(activations),
        "skipped": [asdict(entry) for entry in (*photos.skipped, *activations.skipped)],
        "labels_known": findings.right is not None,
        "fingerprint": photos.fingerprint(),
        "tokens": activations.folder.name,  # in the store, as long as it keeps them
    }


def _clustering(strategies: Any) -> dict[str, Any]:
    def number(value: float | None) -> float | None:
        return None if value is None or not np.isfinite(value) else float(value)

    return {
        "n": int(strategies.n_strategies),
        "silhouette": number(strategies.silhouette),
        "agreement": number(strategies.agreement.mean),
        "agreement_low": number(strategies.agreement.low),
        "agreement_high": number(strategies.agreement.high),
        "embedding": strategies.embedding_kind,
        "evidence": strategies.evidence_kind,
        "suspicion": number(strategies.suspicion),
        "links": np.asarray(strategies.links, dtype=float).tolist(),
    }
