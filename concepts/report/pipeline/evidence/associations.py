"""Properties of whole photos, or texts, tested against class, answers, strategies and concepts."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from concepts.data.properties.property import CATEGORY, Property
from concepts.data.properties.table import PhotoTable
from concepts.models import ModelCard
from concepts.numerics.associations import (
    Association,
    correlation_ratio,
    cramers_v,
    rank_biserial,
    spearman_association,
    with_enough,
)
from concepts.report.pipeline.assemble import Findings
from concepts.report.pipeline.evidence.others import drawn_others
from concepts.report.pipeline.evidence.properties import photo_properties
from concepts.report.pipeline.evidence.rows_of_class import rows_of_class
from concepts.report.pipeline.evidence.text_properties import text_properties
from concepts.report.pipeline.stages import Stages
from concepts.report.rows import Of, PropertyRow


@dataclass(frozen=True, eq=False)
class Part:
    """A part of the report that properties are tested against, over photos (n,).

    values: a figure, or of a group 1 inside and 0 outside; NaN for photos that do not count.
    """

    of: Of
    index: int | None
    values: np.ndarray
    is_group: bool


def property_rows(
    findings: Findings, labels: np.ndarray, stages: Stages, table: PhotoTable | None
) -> tuple[PropertyRow, ...]:
    """The associations that are found, and of each property that could be tested the strongest; none of other items.

    labels: (n,) strategies. Photos of the class are compared with at most 120 others, as in the counter-proof.
    """
    if findings.kind == "images" and not isinstance(findings.split.card, ModelCard):  # its items may be no photos
        return ()
    chosen = drawn_others(findings)
    if findings.kind == "texts":
        properties = text_properties(findings, chosen, table)
    else:
        properties = photo_properties(findings, chosen, stages, table)
    return associated_rows(properties, list(parts_of(findings, labels, len(chosen))))


def parts_of(findings: Findings, labels: np.ndarray, n_others: int) -> Iterator[Part]:
    """What properties are tested against, over the report's photos and then the others."""
    n = len(labels)
    inside = np.full(n, np.nan)
    inside[rows_of_class(findings)] = 1
    yield Part("class", None, np.concatenate([inside, np.zeros(n_others)]), is_group=True)
    if findings.good is not None:
        yield Part("answers", None, _padded(findings.good, n_others), is_group=True)
    for label in range(labels.max() + 1):
        yield Part("strategy", label, _padded(labels == label, n_others), is_group=True)
    for j, phi in enumerate(findings.importances.phi.T):
        yield Part("concept", j, _padded(phi, n_others), is_group=False)


def _padded(values: np.ndarray, n_others: int) -> np.ndarray:
    return np.concatenate([values.astype(np.float64), np.full(n_others, np.nan)])


def associated_rows(properties: tuple[Property, ...], parts: list[Part]) -> tuple[PropertyRow, ...]:
    """The rows kept of all tests: properties in their order, and of each the strongest first.

    p-values are adjusted over all tests by Benjamini and Hochberg (1995), which keeps the share of false rows among
    those below 0.05 at 5%.
    """
    from scipy.stats import false_discovery_control

    found = [(each, part, test) for each in properties for part in parts if (test := _test(each, part)) is not None]
    if not found:
        return ()
    adjusted = false_discovery_control([test.p for _, _, test in found])
    rows = [_row(*one, float(p)) for one, p in zip(found, adjusted, strict=True)]
    kept: list[PropertyRow] = []
    for each in properties:
        own = sorted((row for row in rows if row.property == each.name), key=lambda row: -abs(row.association))
        kept += [row for i, row in enumerate(own) if i == 0 or row.found()]
    return tuple(kept)


def _test(each: Property, part: Part) -> Association | None:
    known = np.isfinite(each.values) & np.isfinite(part.values)
    if each.kind == CATEGORY:
        known[known] = with_enough(each.values[known])
    values, other = each.values[known], part.values[known]
    if part.is_group:
        return (cramers_v if each.kind == CATEGORY else rank_biserial)(values, other > 0)
    return (correlation_ratio if each.kind == CATEGORY else spearman_association)(values, other)


def _row(each: Property, part: Part, test: Association, p_adjusted: float) -> PropertyRow:
    measure = ("V" if part.is_group else "η") if each.kind == CATEGORY else ("r" if part.is_group else "ρ")
    return PropertyRow(
        each.name,
        part.of,
        part.index,
        test.value,
        test.low,
        test.high,
        p_adjusted,
        measure,  # type: ignore[arg-type]
    )
