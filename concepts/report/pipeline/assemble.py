"""Stage "report": the results of the earlier stages as tables, arrays and pictures."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from concepts.activations.collect import Activations
from concepts.data.dataset import Dataset, ItemKind
from concepts.data.documents.textset import TextSet
from concepts.data.nouns import noun_of
from concepts.data.others import WithOthers
from concepts.data.properties.table import PhotoTable
from concepts.models.behaviour import behaviour_of
from concepts.models.splitting.base import SplitModel
from concepts.models.target import Target
from concepts.numerics.intervals import wilson
from concepts.report.class_report import ClassReport
from concepts.report.pipeline import checks, provenance, tables
from concepts.report.pipeline.answers import predictions, recognised, right
from concepts.report.pipeline.class_order import NamesTrial, order_checks
from concepts.report.pipeline.crops import prototypes
from concepts.report.pipeline.dictionary import Dictionary, extractor_for
from concepts.report.pipeline.importance import Importances, score_changes, score_of_none, scores
from concepts.report.pipeline.repeated import own_texts, repeated_row
from concepts.report.pipeline.selection import Selection, label_source
from concepts.report.pipeline.stages import Arrays, Stages
from concepts.report.rows import (
    LONGEST_TEXT,
    ArtefactRow,
    Check,
    CropRow,
    ImageRow,
    MistakeRow,
    PresenceRow,
    PropertyRow,
    SubConceptRow,
    TextRow,
    WordingRow,
)
from concepts.report.schema import (
    FORMAT,
    Accuracy,
    Clustering,
    DatasetSummary,
    LayerSummary,
    ModelSummary,
    OtherPhotos,
    Repeated,
    ReportData,
)
from concepts.report.settings import ReportSettings
from concepts.report.stored import thumbnail_name
from concepts.report.text_rows import DataArtefacts, ProbeRow
from concepts.report.verdict import Verdict

if TYPE_CHECKING:
    from concepts.data.documents.duplicates import Duplicates
    from concepts.strategies import Strategies
    from concepts.wordings.presence import Presence


OTHER_CLASS = "another class"  # label of a photo that is known not to be of the target, but not what it is


@dataclass(frozen=True)
class Findings:
    """All results before the strategies are found; concepts are in order of importance."""

    split: SplitModel
    selection: Selection
    target: Target
    settings: ReportSettings
    activations: Activations
    dictionary: Dictionary
    importances: Importances
    names: NamesTrial

    @property
    def kind(self) -> ItemKind:
        """What its items are displayed as."""
        return self.selection.photos.kind

    @property
    def noun(self) -> str:
        """What one of its items is called."""
        return noun_of(self.kind)

    @cached_property
    def labels(self) -> list[int | None]:
        return [self.selection.labels[i] for i in self.activations.indices]

    @cached_property
    def right(self) -> np.ndarray | None:
        """(n,) bool, True where the model is right; None if the photos' classes are not known."""
        return right(self.split.outputs, self.activations.logits, self.labels, self.target)

    @cached_property
    def recognised(self) -> np.ndarray:
        """(n,) bool, True where the model predicts the target."""
        return recognised(self.split.outputs, self.activations.logits, self.target)

    @cached_property
    def maps(self) -> np.ndarray:
        """(n, h, w, k) concept maps; only if the layer has a grid."""
        import torch

        return self.split.to_map(torch.from_numpy(self.dictionary.codes)).contiguous().numpy()

    @cached_property
    def words(self) -> "Presence":
        """The words of a report on texts, and which of them hold each."""
        from concepts.wordings.presence import term_presence

        return term_presence([self.text(row) for row in range(len(self.activations))])

    @cached_property
    def own_texts(self) -> TextSet | None:
        """All texts of the source, others of other classes aside; None for photos."""
        return own_texts(self.selection.known.photos)

    @cached_property
    def duplicates(self) -> "Duplicates | None":
        """Those among `own_texts`."""
        from concepts.data.documents.duplicates import find_duplicates

        return None if self.own_texts is None else find_duplicates(self.own_texts)

    def text(self, row: int) -> str:
        """The text in this row. Raises UnreadableItem where it cannot be read any more."""
        found: str = self.selection.photos.open(self.activations.indices[row])
        return found

    def thumbnail(self, row: int) -> Image.Image:
        """The photo in this row, as the model saw it."""
        return Image.open(self.activations.thumbnail(row)).convert("RGB")

    @property
    def good(self) -> np.ndarray | None:
        """(n,) bool that reliability counts: right predictions, or recognised photos if classes are not known.

        None for a model of quantities.
        """
        if self.split.outputs.kind == "regression":
            return None
        return self.recognised if self.right is None else self.right


def assemble(
    findings: Findings,
    parts: tuple[tuple[SubConceptRow, ...], dict[str, bytes]],
    strategies: "Strategies",
    stages: Stages,
    *,
    suspicions: tuple[PresenceRow, ...],
    mistakes: tuple[MistakeRow, ...],
    verdict: Verdict | None,
    artefacts: tuple[ArtefactRow, ...],
    proofs: dict[str, bytes],
    properties: tuple[PropertyRow, ...],
    wordings: tuple[WordingRow, ...],
    probes: tuple[tuple[ProbeRow, ...], DataArtefacts | None],
    table: PhotoTable | None,
) -> ClassReport:
    """The report, in memory. parts: from `find_subconcepts`; strategies: from `find_strategies`; proofs: pictures.

    probes: of texts, and what gives their label away.
    """
    n, k = findings.importances.phi.shape
    shown = range(n) if findings.activations.info.previews else ()
    thumbnails = {thumbnail_name(i): findings.activations.thumbnail(i).read_bytes() for i in shown}
    arrays = _arrays(findings, strategies)
    crops: list[list[CropRow]] = [[] for _ in range(k)]
    pictures: dict[str, bytes] = {}
    if findings.split.grid is not None:
        arrays["maps"] = findings.maps
        crops, pictures = _crops(findings)
    elif findings.dictionary.codes.ndim == 2:
        arrays["codes"] = findings.dictionary.codes
    data = _data(findings, strategies, stages, crops)
    data = replace(
        data, subconcepts=parts[0], suspicions=suspicions, mistakes=mistakes, verdict=verdict, artefacts=artefacts,
        properties=properties, wordings=wordings, probes=probes[0], data_artefacts=probes[1],
        checks=(*data.checks, *checks.table_checks(table, data.items, data.noun)),
    )  # fmt: skip
    return ClassReport(data, arrays=arrays, pictures=thumbnails | pictures | parts[1] | proofs)


def _arrays(findings: Findings, strategies: "Strategies") -> Arrays:
    return {
        "phi": findings.importances.phi.astype(np.float32),
        "components": findings.dictionary.components,
        "embedding": np.asarray(strategies.embedding, dtype=np.float32),
        "labels": np.asarray(strategies.labels, dtype=np.int64),
        "evidence": np.asarray(strategies.evidence, dtype=np.float32),
        **behaviour_of(findings.split).to_arrays(),
    }


def _crops(findings: Findings) -> tuple[list[list[CropRow]], dict[str, bytes]]:
    maps, n_crops = findings.maps, findings.settings.n_crops

    def one(concept: int) -> tuple[list[CropRow], dict[str, bytes]]:
        return prototypes(maps, concept, n_crops, findings.thumbnail)

    with ThreadPoolExecutor() as pool:  # Pillow and SciPy release the interpreter's lock
        found = list(pool.map(one, range(maps.shape[-1])))
    return [rows for rows, _ in found], {name: data for _, pictures in found for name, data in pictures.items()}


def _data(
    findings: Findings, strategies: "Strategies", stages: Stages, crops: Sequence[Sequence[CropRow]]
) -> ReportData:
    target, settings = findings.target, findings.settings
    clustering = _clustering(strategies)
    method = extractor_for(findings.split, settings).method
    return ReportData(
        title=f"{target.label} · {findings.split.card.name}",
        created=provenance.now(),
        model=_model(findings),
        layer=_layer(findings),
        target=target,
        dataset=_dataset(findings),
        settings=replace(settings, method=method),
        versions=provenance.versions(),
        seconds=_seconds(findings, stages),
        reused=tuple(stages.reused),
        accuracy=_accuracy(findings),
        images=() if findings.kind == "texts" else _item_rows(findings, strategies),
        texts=_text_rows(findings, strategies) if findings.kind == "texts" else (),
        kind=findings.kind,
        concepts=tables.concept_rows(
            findings.importances.phi, findings.good, findings.dictionary.dead, crops, settings.seed
        ),
        strategies=tables.strategy_rows(strategies, findings.good),
        clustering=clustering,
        checks=tuple(_checks(findings, clustering)),
        subconcepts=(),
        suspicions=(),
        mistakes=(),
        request=None,
        command="",
        format=FORMAT,
    )


def _item_rows(findings: Findings, strategies: "Strategies") -> tuple[ImageRow, ...]:
    activations, names = findings.activations, findings.selection.photos.names
    rows = tables.image_rows(
        [names[i] for i in activations.indices],
        findings.labels,
        predictions(findings.split.outputs, activations.logits, findings.selection.class_names),
        scores(activations.logits, findings.target),
        findings.recognised,
        findings.right,
        strategies.labels,
        findings.selection.class_names,
    )
    is_other = [findings.selection.is_other[i] for i in activations.indices]
    return tuple(
        replace(row, label=OTHER_CLASS) if other and row.label is None else row
        for row, other in zip(rows, is_other, strict=True)
    )


def _text_rows(findings: Findings, strategies: "Strategies") -> tuple[TextRow, ...]:
    texts = (findings.text(row) for row in range(len(findings.activations)))
    return tuple(
        TextRow(**vars(row), text=text[:LONGEST_TEXT], cut=len(text) > LONGEST_TEXT)
        for row, text in zip(_item_rows(findings, strategies), texts, strict=True)
    )


def _checks(findings: Findings, clustering: Clustering) -> list[Check]:
    importances, seed, target = findings.importances, findings.settings.seed, findings.target
    logits, kept = findings.activations.logits[importances.kept], importances.kept_logits
    shape, noun = findings.activations.info.shape, findings.noun
    return [
        *order_checks(findings.names.trial, findings.selection.class_names, noun),
        *checks.kept_checks(
            scores(logits, target),
            scores(kept, target),
            score_of_none(findings.split, shape, target),
            logits,
            kept,
            findings.split.outputs,
            seed,
            noun,
        ),
        *checks.layer_checks(findings.activations, noun),
        *checks.dictionary_checks(findings.dictionary, noun),
        *_importance_checks(findings),
        *checks.strategy_checks(clustering, noun),
        checks.split_check(findings.activations.split_check, noun),
    ]


def _importance_checks(findings: Findings) -> list[Check]:
    importances, target, settings = findings.importances, findings.target, findings.settings
    if importances.phi.any():
        return checks.importance_checks(importances, settings.seed)
    changes = score_changes(findings.split, importances.kept_logits, findings.activations.info.shape, target)
    return [checks.no_count_check(target.label, settings.importance, changes=changes)]


def _accuracy(findings: Findings) -> Accuracy | None:
    if findings.good is None:
        return None
    n, hits = len(findings.good), int(findings.good.sum())
    low, high = wilson(hits, n)
    noun = findings.noun
    means = f"share of the {noun}s that the model gets right"
    if findings.right is None:
        unknown = f"(the {noun}s' own classes are not known)"
        means = f"share of the {noun}s that the model recognises as the target {unknown}"
    return Accuracy(hits / n, low, high, means)


def _seconds(findings: Findings, stages: Stages) -> dict[str, float]:
    forward = findings.activations.seconds.forward
    return {name: round(value, 3) for name, value in {**stages.seconds, "forward pass": forward}.items()}


def _model(findings: Findings) -> ModelSummary:
    split, card = findings.split, findings.split.card
    return ModelSummary(
        name=card.name,
        weights=card.weights,
        fingerprint=card.fingerprint,
        n_classes=split.n_classes,
        transform=card.transform_text,
        output=split.outputs.kind,
        conversion=split.outputs.conversion,
        names_from=findings.names.source,
        memory_format=card.memory_format,
    )


def _layer(findings: Findings) -> LayerSummary:
    split = findings.split
    return LayerSummary(
        path=split.layer,
        kind=split.kind,
        grid=split.grid,
        sign=split.sign,
        positions=split.n_positions,
        channels=split.n_channels,
        reason=split.reason,
        check=findings.activations.split_check,
    )


def _dataset(findings: Findings) -> DatasetSummary:
    photos, activations = findings.selection.photos, findings.activations
    return DatasetSummary(
        source=photos.source_name,
        n_photos=len(photos),
        n_used=len(activations),
        skipped=(*photos.skipped, *findings.selection.known.left_out, *activations.skipped),
        labels_known=findings.right is not None,
        fingerprint=photos.fingerprint(),
        tokens=activations.folder.name,
        others=_others(findings),
        labels_from=_labels_from(findings.selection),
        notes=_notes(photos),
        duplicates=_repeated(findings),
    )


def _repeated(findings: Findings) -> Repeated | None:
    own, found = findings.own_texts, findings.duplicates
    return None if own is None or found is None else repeated_row(len(own), found)


def _labels_from(selection: Selection) -> str:
    known = any(label is not None for label in selection.labels)
    return (label_source(selection.photos, selection.class_names) or "") if known else ""


def _notes(items: Dataset[object]) -> tuple[str, ...]:
    own = items.own if isinstance(items, WithOthers) else items
    return own.notes if isinstance(own, TextSet) else ()


def _others(findings: Findings) -> OtherPhotos | None:
    selection = findings.selection
    if not isinstance(selection.photos, WithOthers):
        return None
    used = sum(selection.is_other[i] for i in findings.activations.indices)
    return OtherPhotos(selection.photos.others.source_name, sum(selection.known.is_other), used)


def _clustering(strategies: "Strategies") -> Clustering:
    return Clustering(
        n=strategies.n_strategies,
        silhouette=finite(strategies.silhouette),
        agreement=finite(strategies.agreement.mean),
        agreement_low=finite(strategies.agreement.low),
        agreement_high=finite(strategies.agreement.high),
        embedding=strategies.embedding_kind,
        evidence=strategies.evidence_kind,
        suspicion=finite(strategies.suspicion),
        links=tuple(tuple(row) for row in np.asarray(strategies.links, dtype=float).tolist()),
    )


def finite(value: float | None) -> float | None:
    """The number, or None if it is missing or not finite."""
    return None if value is None or not np.isfinite(value) else float(value)
