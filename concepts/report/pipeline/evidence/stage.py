"""Stage "evidence": suspects, what they raise and cost, the counter-proof, the verdict."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from concepts.report.pipeline.assemble import Findings
from concepts.report.pipeline.evidence.costs import suspect_of
from concepts.report.pipeline.evidence.counterproof import ask_others, counter_proofs
from concepts.report.pipeline.evidence.others import drawn_others
from concepts.report.pipeline.evidence.photo_transplants import PhotoTransplants
from concepts.report.pipeline.evidence.phrases import Phrases
from concepts.report.pipeline.evidence.rows_of_class import rows_of_class
from concepts.report.pipeline.evidence.sources import Planted, patches_of
from concepts.report.pipeline.evidence.suspects import Group, groups
from concepts.report.pipeline.evidence.text_transplants import TextTransplants
from concepts.report.pipeline.evidence.transplants import Answers, Transplants
from concepts.report.pipeline.known_groups import known_groups
from concepts.report.pipeline.stages import Stages
from concepts.report.verdict import Suspect, Verdict, verdict_of
from concepts.storage.store import key_of
from concepts.strategies.evidence import evidence_of
from concepts.strategies.find import SMALLEST_SHARE
from concepts.strategies.known import KnownSplit, known_splits
from concepts.strategies.populations import two_populations
from concepts.strategies.splits import smallest_group

if TYPE_CHECKING:
    from concepts.strategies import Strategies

FORMAT = 3  # raise when a counter-proof is computed in another way
MOST_PROVED = 2  # suspects that are put on other items


def find_verdict(
    findings: Findings, strategies: "Strategies", stages: Stages, key: str, progress: Callable[[float], None]
) -> tuple[Verdict, dict[str, bytes]]:
    """The verdict, and the pictures of its counter-proofs by file name. key: of the concepts and their importance."""
    rows = rows_of_class(findings)
    known = known_groups(findings, rows)
    phrases = Phrases(findings, rows)
    found = _suspects(findings, _groups(findings, strategies, rows, known.members), known.words, phrases)
    found.sort(key=lambda each: (not each.likely, -each.evidence))
    likely = [each for each in found if each.likely][:MOST_PROVED]
    chosen = drawn_others(findings)
    n_others, pictures = len(chosen), dict[str, bytes]()
    if likely and len(chosen):
        transplants = _transplants(findings, likely, chosen, phrases)
        likely, pictures = _proved(findings, likely, transplants, chosen, stages, key, progress)
        n_others = max((proof.others for each in likely for proof in each.counterproof), default=0)
    suspects = (*likely, *found[len(likely) :])
    leaning_first = tuple(sorted(suspects, key=lambda each: not each.leaned_on))
    return verdict_of(leaning_first, len(strategies.table), n_others), pictures


def _suspects(findings: Findings, groups: list[Group], words: Sequence[str], phrases: Phrases) -> list[Suspect]:
    """The suspects; the texts that hold a word are one only where their concepts hang on it."""
    found = [(group, suspect_of(findings, group, phrases.rows)) for group in groups]
    return [
        suspect
        for group, suspect in found
        if group.column is None or not suspect.likely or phrases.hang_on(suspect, words[group.column])
    ]


def _transplants(findings: Findings, suspects: Sequence[Suspect], chosen: np.ndarray, phrases: Phrases) -> Transplants:
    """What is put on the chosen items of other classes: the suspects' words, or the regions where they lie."""
    if findings.kind == "texts":
        return TextTransplants(findings, phrases.rows, chosen, [phrases.of(each) for each in suspects])
    return PhotoTransplants(findings, chosen, [patches_of(findings, each, phrases.rows) for each in suspects])


def _groups(findings: Findings, strategies: "Strategies", rows: np.ndarray, known: np.ndarray) -> list[Group]:
    """The suspects among photos of the class; where the report has photos of others, too, they are searched anew."""
    if len(rows) < 2 or not findings.importances.phi.any():
        return []
    if len(rows) == len(findings.labels):
        return groups(
            findings.importances.phi,
            strategies.evidence,
            strategies.populations,
            strategies.labels,
            strategies.table["suspicion"].tolist(),
            _told_apart(findings, strategies.evidence, known),
        )
    phi, codes = findings.importances.phi[rows], findings.dictionary.codes[rows]
    evidence = evidence_of(phi, codes, findings.settings.seed)
    apart = _told_apart(findings, evidence.values, known)
    return groups(phi, evidence.values, two_populations(evidence), np.zeros(len(rows), dtype=int), [], apart)


def _told_apart(findings: Findings, evidence: np.ndarray, known: np.ndarray) -> list[KnownSplit]:
    """The known groups (m, h) bool that the evidence (m, k) of the same items tells apart."""
    rng = np.random.default_rng(findings.settings.seed)
    return known_splits(evidence, known, smallest_group(len(known), SMALLEST_SHARE), rng)


def _proved(
    findings: Findings,
    suspects: list[Suspect],
    transplants: Transplants,
    chosen: np.ndarray,
    stages: Stages,
    key: str,
    progress: Callable[[float], None],
) -> tuple[list[Suspect], dict[str, bytes]]:
    """The suspects with their counter-proofs, and the pictures."""
    answers = stages.remembered(
        Answers, "evidence",
        key_of(
            format=FORMAT, before=key, chosen=[findings.selection.known.photos.names[i] for i in chosen],
            others=findings.selection.known.photos.fingerprint(), suspects=[each.concepts for each in suspects],
            photos=[each.photos for each in suspects], target=findings.target.indices,
        ),
        lambda: ask_others(findings, chosen, transplants, [Planted(findings, each) for each in suspects], progress),
    )  # fmt: skip
    proved: list[Suspect] = []
    pictures: dict[str, bytes] = {}
    for s, suspect in enumerate(suspects):
        proofs = counter_proofs(findings, answers, s, transplants.by)
        if proofs and proofs[0].by == transplants.by:
            with_examples, files = transplants.shown(answers, s, proofs[0])
            proofs, pictures = (with_examples, *proofs[1:]), pictures | files
        proved.append(replace(suspect, counterproof=proofs))
    return proved, pictures
