"""Groups of a report's items that are known without its model: the texts that hold a word."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from concepts.report.pipeline.assemble import Findings


@dataclass(frozen=True, eq=False)
class KnownGroups:
    """The word of each of h groups, and their members (n, h) bool."""

    words: tuple[str, ...]
    members: np.ndarray


def known_groups(findings: Findings, rows: Sequence[int] | np.ndarray) -> KnownGroups:
    """The groups of the items in these n rows; none for photos.

    Groups of texts are those of the words that are frequent enough to set a strategy apart, and not in nearly all.
    """
    if findings.kind != "texts" or len(rows) < 2:
        return KnownGroups((), np.zeros((len(rows), 0), dtype=bool))
    from concepts.strategies.find import SMALLEST_SHARE
    from concepts.strategies.splits import smallest_group
    from concepts.wordings.frequent import words_held

    least = smallest_group(len(rows), SMALLEST_SHARE)
    return KnownGroups(*words_held(findings.words.of_texts(np.asarray(rows)), least=least))
