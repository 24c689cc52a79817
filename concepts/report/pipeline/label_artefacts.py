"""What gives the class away in the labelled texts without a model, and the report's concepts that carry it."""

from collections.abc import Sequence

import numpy as np

from concepts.data.documents.duplicates import Groups, copies_among
from concepts.data_artefacts.copies import copies_across, has_copies
from concepts.data_artefacts.lengths import length_labels, longer_than_half
from concepts.data_artefacts.links import Link, concept_links
from concepts.data_artefacts.words import WordLabel, term_labels
from concepts.numerics.intervals import Estimate
from concepts.report.pipeline.assemble import Findings
from concepts.report.pipeline.evidence.item_texts import text_of
from concepts.report.pipeline.word_scores import measured
from concepts.report.text_rows import (
    CopiesArtefactRow,
    DataArtefacts,
    LengthArtefactRow,
    LinkRow,
    Measured,
    WordArtefactRow,
)
from concepts.wordings.presence import term_presence

MOST = 10_000  # labelled texts that are read
FEWEST = 10  # of the class, and of others
MOST_WORDS = 20
LENGTH, COPIES = "its length", "its copies"  # no words
OTHER, OWN = "0", "1"  # labels: of two, the last in alphabetical order is tested


def data_artefacts(findings: Findings) -> DataArtefacts | None:
    """Words, lengths and copies that tell texts of the class from others; None without ten labelled ones of either.

    At most 10,000 of all labelled texts that the report can draw on, drawn by the seed. Their links are measured on the
    report's own texts. No pass of the model: 2 s on one core for 10,000 texts of 20 words.
    """
    places, own = _labelled(findings)
    texts, own = _read(findings, places, own)
    if not FEWEST <= own.sum() <= len(own) - FEWEST:
        return None
    labels = [OWN if each else OTHER for each in own]
    of_report = [findings.text(row) for row in range(len(findings.activations))]
    tested = term_labels(findings.words if texts == of_report else term_presence(texts), labels)
    words = tested.found()[:MOST_WORDS]
    links = _links(findings, of_report, [row.word for row in words])
    return DataArtefacts(
        n=len(texts),
        base=float(own.mean()),
        n_words=tested.n_words,
        words=tuple(_word(row, links) for row in words),
        length=_length(texts, labels, links),
        copies=_copies(_groups(findings, texts), labels, links),
    )


def _labelled(findings: Findings) -> tuple[list[int], np.ndarray]:
    """The texts whose class is known to be the target or not, as indices, and (m,) bool: which are of the target."""
    known, target = findings.selection.known, set(findings.target.indices)
    of_target = [
        None if label is None and not other else label in target and not other
        for label, other in zip(known.labels, known.is_other, strict=True)
    ]
    found = [i for i, own in enumerate(of_target) if own is not None]
    drawn = sorted(np.random.default_rng(findings.settings.seed).permutation(len(found))[:MOST].tolist())
    chosen = [found[i] for i in drawn]
    return chosen, np.array([bool(of_target[i]) for i in chosen], dtype=bool)


def _read(findings: Findings, places: Sequence[int], own: np.ndarray) -> tuple[list[str], np.ndarray]:
    """The texts that can be read, and which of them are of the target."""
    read = [text_of(findings.selection.known.photos, i) for i in places]
    return [text for text in read if text is not None], own[[text is not None for text in read]]


def _word(row: WordLabel, links: dict[str, tuple[LinkRow, ...]]) -> WordArtefactRow:
    share = _with_interval(row.share)
    return WordArtefactRow(row.word, row.n, share, row.z, row.p_bonferroni, links.get(row.word, ()))


def _length(
    texts: Sequence[str], labels: Sequence[str], links: dict[str, tuple[LinkRow, ...]]
) -> LengthArtefactRow | None:
    row = next(row for row in length_labels(texts, labels) if row.label == OWN)
    auroc = measured(row.auroc)
    if auroc is None:
        return None
    return LengthArtefactRow(row.median, row.median_of_others, auroc, links.get(LENGTH, ()))


def _copies(groups: Groups, labels: Sequence[str], links: dict[str, tuple[LinkRow, ...]]) -> CopiesArtefactRow | None:
    """None where no text has a copy."""
    found = copies_across(groups, labels)
    if not found.groups:
        return None
    return CopiesArtefactRow(found.groups, found.texts, found.groups_across, found.texts_across, links.get(COPIES, ()))


def _links(findings: Findings, texts: Sequence[str], words: Sequence[str]) -> dict[str, tuple[LinkRow, ...]]:
    """For each artefact the concepts that carry it in the report's texts, the strongest first."""
    n = len(texts)
    held = {word: findings.words.holding([word]) for word in words}
    held |= {LENGTH: longer_than_half(texts), COPIES: has_copies(_groups(findings, texts), n)}
    found = concept_links(
        held,
        findings.dictionary.codes.astype(np.float32),
        findings.activations.rows(0, n).astype(np.float32),
        findings.dictionary.components,
        seed=findings.settings.seed,
    )
    return {name: tuple(_link(each) for each in found if each.artefact == name) for name in held}


def _groups(findings: Findings, texts: Sequence[str]) -> Groups:
    """The groups of copies among these texts; where they are all of the source, as they were found for the report."""
    own, found = findings.own_texts, findings.duplicates
    return found.groups if own and found and list(own.texts) == list(texts) else copies_among(texts)


def _link(link: Link) -> LinkRow:
    return LinkRow(link.concept, _with_interval(link.auroc), link.control)


def _with_interval(estimate: Estimate) -> Measured:
    """For estimates that are always known."""
    return Measured(estimate.value, *estimate.interval)
