"""The main job: photos → activations → concepts → importance → strategies → report."""

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from concepts.activations.collect import Activations, collect_activations
from concepts.data.dataset import Dataset
from concepts.data.nouns import noun_of
from concepts.data.properties.table import PhotoTable
from concepts.models.splitting.base import SplitModel
from concepts.models.target import Target, TargetSpec
from concepts.report.class_report import ClassReport
from concepts.report.pipeline import tables
from concepts.report.pipeline.assemble import Findings, assemble
from concepts.report.pipeline.class_order import NamesTrial, try_names
from concepts.report.pipeline.dictionary import Dictionary, check_method, find_concepts
from concepts.report.pipeline.evidence.associations import property_rows
from concepts.report.pipeline.evidence.battery import find_artefacts
from concepts.report.pipeline.evidence.stage import find_verdict
from concepts.report.pipeline.importance import Importances, check_gradient, estimate_importances
from concepts.report.pipeline.known_groups import known_groups
from concepts.report.pipeline.label_artefacts import data_artefacts
from concepts.report.pipeline.mistakes import mistake_rows
from concepts.report.pipeline.presence import presence_rows
from concepts.report.pipeline.probing import Pairs, probe_rows
from concepts.report.pipeline.selection import FEWEST, Selection, choose_photos, named_target, names_from, too_few
from concepts.report.pipeline.stages import Progress, Stages
from concepts.report.pipeline.subconcepts import find_subconcepts
from concepts.report.pipeline.wordings import wording_rows
from concepts.report.rows import ArtefactRow, PropertyRow, SubConceptRow, WordingRow
from concepts.report.settings import ReportSettings
from concepts.report.text_rows import DataArtefacts, ProbeRow
from concepts.report.verdict import Verdict
from concepts.storage.store import key_of

if TYPE_CHECKING:
    from concepts.strategies import Strategies

FORMAT = 4  # raise when a stage computes something else, so that older stored results are not used


def build_report(
    split: SplitModel,
    dataset: Dataset[Any],
    target: TargetSpec,
    settings: ReportSettings | None = None,
    *,
    store: Path | None = None,
    progress: Progress | None = None,
    table: PhotoTable | None = None,
    pairs: Pairs = (),
) -> ClassReport:
    """The report of a class, or group of classes, of a split model on photos.

    dataset: with photos of other classes beside it where it is a `WithOthers`.
    target: a class index, a class name, or a list of them. store: a folder for finished stages, so that the same
    request resumes after the last one; None keeps nothing. progress: called with (stage, share done). table: the user's
    own, about these photos, whose columns are tested as properties. pairs: of words, swapped in texts by a probe.
    Raises ValueError with a one-line message for a wrong target, an empty class, fewer photos than concepts, more
    concepts than the method can give, or class names from folders that fit the model much better in another order.
    """
    settings = settings or ReportSettings()
    if store is None:
        with tempfile.TemporaryDirectory() as folder:
            return build_report(
                split, dataset, target, settings, store=Path(folder), progress=progress, table=table, pairs=pairs
            )
    class_names, resolved = named_target(split, dataset, target)
    check_method(split, settings)
    check_gradient(split, settings.importance)
    if split.outputs.kind == "regression":
        settings = replace(settings, photos="all")  # no photo belongs to a quantity
    selection = choose_photos(dataset, resolved, class_names, settings)
    stages = Stages(store, progress)
    with stages.stage("class order"):
        names = try_names(split, selection, resolved, names_from(split, dataset), settings)
    return _run(split, selection, resolved, settings, names, stages, table, pairs)


def _run(
    split: SplitModel,
    selection: Selection,
    target: Target,
    settings: ReportSettings,
    names: NamesTrial,
    stages: Stages,
    table: PhotoTable | None,
    pairs: Pairs,
) -> ClassReport:
    activations = _activations(split, selection, settings, stages)
    dictionary = _dictionary(split, activations, settings, stages)
    importances = _importances(split, activations, dictionary, target, settings, stages)
    order = tables.importance_order(importances.phi)  # concept 0 is the most important
    dictionary, importances = dictionary.ordered(order), importances.ordered(order)
    findings = Findings(split, selection, target, settings, activations, dictionary, importances, names)
    parts = _subconcepts(findings, stages)
    with stages.stage("strategies"):
        strategies = _strategies(findings)
        suspicions = presence_rows(findings, strategies.populations)
        mistakes = mistake_rows(findings, np.asarray(strategies.labels))
    verdict, proofs, artefacts = _evidence(findings, strategies, stages)
    properties = _properties(findings, strategies, stages, table)
    wordings = _wordings(findings, strategies, stages)
    probes = _probes(findings, stages, pairs)
    with stages.stage("report"):
        return assemble(
            findings,
            parts,
            strategies,
            stages,
            suspicions=suspicions,
            mistakes=mistakes,
            verdict=verdict,
            artefacts=artefacts,
            proofs=proofs,
            properties=properties,
            wordings=wordings,
            probes=probes,
            table=table,
        )


def _activations(split: SplitModel, selection: Selection, settings: ReportSettings, stages: Stages) -> Activations:
    with stages.stage("activations") as progress:
        activations = collect_activations(
            split, selection.photos, stages.store, batch_size=settings.batch_size, progress=progress
        )
    if activations.reused:
        stages.reused.append("activations")
    if len(activations) < max(settings.n_concepts, FEWEST):
        noun = noun_of(selection.photos.kind)
        first, usable = activations.skipped[0], too_few(len(activations), settings.n_concepts, noun)
        raise ValueError(f"of the {noun}s that can be used there are {usable} (left out, {first.name}: {first.reason})")
    return activations


def _dictionary(split: SplitModel, activations: Activations, settings: ReportSettings, stages: Stages) -> Dictionary:
    with stages.stage("concepts") as progress:
        return stages.remembered(
            Dictionary, "concepts", _key(activations, settings),
            lambda: find_concepts(split, activations, settings, progress),
        )  # fmt: skip


def _importances(
    split: SplitModel,
    activations: Activations,
    dictionary: Dictionary,
    target: Target,
    settings: ReportSettings,
    stages: Stages,
) -> Importances:
    with stages.stage("importance") as progress:
        return stages.remembered(
            Importances, "importance",
            _key(activations, settings, importance=settings.importance, target=target.indices),
            lambda: estimate_importances(split, dictionary.codes, dictionary.components, target, settings, progress),
        )  # fmt: skip


def _key(activations: Activations, settings: ReportSettings, **more: str | tuple[int, ...]) -> str:
    chosen = {name: getattr(settings, name) for name in ("method", "n_concepts", "seed", "sample")}
    return key_of(format=FORMAT, activations=activations.folder.name, **chosen, **more)


def _subconcepts(findings: Findings, stages: Stages) -> tuple[tuple[SubConceptRow, ...], dict[str, bytes]]:
    if not findings.settings.sub_concepts or findings.split.grid is None:
        return (), {}
    with stages.stage("sub-concepts") as progress:
        return find_subconcepts(findings, stages.store, progress)


def _evidence(
    findings: Findings, strategies: "Strategies", stages: Stages
) -> tuple[Verdict | None, dict[str, bytes], tuple[ArtefactRow, ...]]:
    """The verdict, the pictures of its counter-proofs by file name, and what artefacts do to other photos."""
    if findings.settings.evidence == "off":
        return None, {}, ()
    settings, target = findings.settings, findings.target
    with stages.stage("evidence") as progress:
        key = _key(findings.activations, settings, importance=settings.importance, target=target.indices)
        verdict, proofs = find_verdict(findings, strategies, stages, key, lambda share: progress(share / 3))
        return verdict, proofs, find_artefacts(findings, stages, lambda share: progress((1 + 2 * share) / 3))


def _properties(
    findings: Findings, strategies: "Strategies", stages: Stages, table: PhotoTable | None
) -> tuple[PropertyRow, ...]:
    if findings.settings.evidence == "off":
        return ()
    with stages.stage("evidence"):
        return property_rows(findings, np.asarray(strategies.labels), stages, table)


def _wordings(findings: Findings, strategies: "Strategies", stages: Stages) -> tuple[WordingRow, ...]:
    if findings.kind != "texts":
        return ()
    with stages.stage("words") as progress:
        settings = findings.settings
        key = _key(findings.activations, settings, importance=settings.importance, target=findings.target.indices)
        return wording_rows(findings, strategies.populations, stages, key, progress)


def _probes(findings: Findings, stages: Stages, pairs: Pairs) -> tuple[tuple[ProbeRow, ...], DataArtefacts | None]:
    """What the probes of texts found, and what gives their label away."""
    settings = findings.settings
    if findings.kind != "texts" or settings.evidence == "off":
        return (), None
    with stages.stage("probes") as progress:
        key = _key(findings.activations, settings, importance=settings.importance, target=findings.target.indices)
        return probe_rows(findings, stages, key, pairs, progress), data_artefacts(findings)


def _strategies(findings: Findings) -> "Strategies":
    from concepts.strategies import find_strategies

    places = findings.dictionary.places
    return find_strategies(
        findings.importances.phi,
        codes=findings.dictionary.codes,
        correct=findings.good,
        seed=findings.settings.seed,
        places=places if places.shape[-1] else None,
        known=known_groups(findings, range(len(findings.importances.phi))).members,
    )
