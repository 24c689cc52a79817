"""What becomes of a report when its tokens are written in fewer bytes: concepts, strategies and the verdict."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from concepts.evaluation.side_by_side import SAME
from concepts.extraction.methods import has_signed_codes
from concepts.numerics.matching import Matching, match_dictionaries
from concepts.storage.typed_json import Count, Finite

if TYPE_CHECKING:
    from concepts.report.class_report import ClassReport
    from concepts.report.verdict import Verdict

NOT_TESTED = "not tested"


@dataclass(frozen=True)
class ReportChange:
    """A report beside that of the tokens as they are stored.

    matched: of n concepts, those whose partner in a one-to-one matching has a cosine of 0.95 or more; cosine: the mean
    over all pairs. agreement: adjusted Rand index of the strategies, 1 for the same; outliers are a group.
    strategies: their number. verdict: its kind; same_verdict: the same kind, with a matched concept among those that it
    names.
    """

    n: Count
    matched: Count
    cosine: Finite
    agreement: Finite
    strategies: Count
    verdict: str
    same_verdict: bool


def change_of(before: "ClassReport", after: "ClassReport") -> ReportChange:
    """The change between two reports on the same items. Raises ValueError where the items differ."""
    from sklearn.metrics import adjusted_rand_score

    if [row.name for row in before.data.items] != [row.name for row in after.data.items]:
        raise ValueError("the two reports are on different items: compare reports on the same photos or texts")
    signed = has_signed_codes(before.data.settings.method)
    found = match_dictionaries(before.array("components"), after.array("components"), signed=signed)
    labels = [np.asarray(each.array("labels")) for each in (before, after)]
    return ReportChange(
        n=len(before.data.concepts),
        matched=int((found.cosines >= SAME).sum()),
        cosine=float(found.cosines.mean()),
        agreement=float(adjusted_rand_score(*labels)),
        strategies=after.data.clustering.n,
        verdict=after.data.verdict.kind if after.data.verdict else NOT_TESTED,
        same_verdict=_same_verdict(before, after, found),
    )


def _same_verdict(before: "ClassReport", after: "ClassReport", found: Matching) -> bool:
    one, other = before.data.verdict, after.data.verdict
    if one is None or other is None:
        return one is other
    mine, theirs = _named(one), _named(other)
    matched = not mine or not theirs or any(i in mine and j in theirs for i, j in found.pairs)
    return one.kind == other.kind and matched


def _named(verdict: "Verdict") -> set[int]:
    """The concepts that a verdict names: of several that are present together, which one comes first is chance."""
    if verdict.concept is None:
        return set()
    return {verdict.concept} if verdict.suspect is None else set(verdict.suspect.concepts)
