"""Selected photos of a report compared with the others: their reliability, and the concepts that distinguish them."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from concepts.numerics.intervals import bootstrap_means, interval
from concepts.report.pipeline.tables import concept_rows, share_right
from concepts.report.rendering.sentences import is_wrong
from concepts.report.rows import ConceptRow
from concepts.report.stored import StoredReport


@dataclass(frozen=True)
class SelectionSummary:
    """Figures of n selected photos of `of`: the share that is right (recognised, if classes are not known) with its 95%
    Wilson interval, `rest` of the others (None: no others), and the number of photos per strategy label; −1: outliers.
    """

    n: int
    of: int
    share: float | None
    low: float | None
    high: float | None
    rest: float | None
    strategies: dict[int, int]


def selection_summary(report: StoredReport, images: Sequence[int]) -> SelectionSummary:
    """The figures of these photos."""
    rows = report.data.items
    good = np.array([not is_wrong(row) for row in rows])
    members = np.isin(np.arange(len(rows)), images)
    rest, *_ = share_right(good, ~members)
    strategies = dict(sorted(Counter(rows[i].strategy for i in images).items()))
    return SelectionSummary(len(images), len(rows), *share_right(good, members), rest, strategies)


@dataclass(frozen=True)
class DistinctiveConcept:
    """A concept's mean importance in the selected photos and in the others, and the difference with its 95% interval;
    in the unit of φ."""

    concept: int
    here: float
    elsewhere: float
    gap: float
    low: float
    high: float


def distinctive_concepts(report: StoredReport, images: Sequence[int], n: int) -> list[DistinctiveConcept]:
    """The n concepts whose mean importance differs most between these photos and the others, largest |gap| first.

    Intervals: bootstrap over the photos of both sides, seeded. Raises ValueError if all photos are selected, or none.
    """
    phi = report.array("phi")
    members = np.isin(np.arange(len(phi)), images)
    if members.all() or not members.any():
        raise ValueError(
            f"{members.sum()} of {len(phi)} {report.data.noun}s were chosen: there must be some, and some others"
        )
    inside, outside = phi[members], phi[~members]
    gap = inside.mean(axis=0) - outside.mean(axis=0)
    low, high = interval(bootstrap_means(inside, seed=0) - bootstrap_means(outside, seed=1))
    order = np.argsort(-np.abs(gap), kind="stable")[:n].tolist()
    here, elsewhere = inside.mean(axis=0), outside.mean(axis=0)
    return [
        DistinctiveConcept(j, float(here[j]), float(elsewhere[j]), float(gap[j]), float(low[j]), float(high[j]))
        for j in order
    ]


def concept_rows_among(report: StoredReport, images: Sequence[int]) -> tuple[ConceptRow, ...]:
    """The concepts' figures over these photos only, with the crops of the whole report."""
    data = report.data
    good = np.array([not is_wrong(data.items[i]) for i in images])
    dead = np.array([row.dead for row in data.concepts])
    crops = [row.crops for row in data.concepts]
    return concept_rows(report.array("phi")[list(images)], good, dead, crops, data.settings.seed)
