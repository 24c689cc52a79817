"""What the model and a report say of a collection's photos: the model's answers, and the strategies of a report."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from concepts.lexicon.collections.collection import Collection
from concepts.lexicon.collections.columns import Column

if TYPE_CHECKING:
    from concepts.report import ClassReport
    from concepts.report.names import Names

QUANTITIES = "regression"  # of a model that predicts numbers: the largest one is no answer


@dataclass(frozen=True, eq=False)
class Joined:
    """A report on photos of a collection. rows: (m,), of each of the report's photos its row in the collection, −1
    where it has none."""

    report: "ClassReport"
    rows: np.ndarray

    def column(self, n: int, texts: Iterable[str]) -> Column:
        """Of a text for each of the report's photos: the n photos of the collection, None where it says nothing."""
        return Column.of_some(n, {row: text for row, text in zip(self.rows.tolist(), texts, strict=True) if row >= 0})


def newest_joined(collection: Collection, reports: Iterable["ClassReport"]) -> Joined | None:
    """The first of the reports that is on the collection's photos, by their names; None without one.

    One may hold only some of the other's photos, but not both more: equal names alone could be of other photos.
    """
    places = {name: row for row, name in enumerate(collection.names)}
    for report in reports:
        rows = np.array([places.get(each.name, -1) for each in report.data.items])
        n = int((rows >= 0).sum())
        if n and n in (len(rows), len(places)):
            return Joined(report, rows)
    return None


def answer_column(collection: Collection, classes: Sequence[str], joined: Joined | None) -> Column | None:
    """The model's answer to each photo: the output with the largest logit, of the pass that stored the tokens.

    classes: the words for the outputs, in their order; where they are of another number, an output is called as the
    report calls it, else "class 17". Without logits, the answers are the report's; None without a report, too. Raises
    ValueError where the tokens are no longer stored.
    """
    is_of_classes = joined is None or joined.report.data.model.output != QUANTITIES
    numbers = collection.activations.answers() if is_of_classes else None
    if numbers is not None:
        named = dict(enumerate(classes))
        if len(classes) != collection.activations.n_outputs:
            named = {} if joined is None else _names_in(joined, numbers)
        return Column.of_numbers(numbers, lambda number: named.get(number, f"class {number}"))
    if joined is None:
        return None
    return joined.column(len(collection), (each.predicted for each in joined.report.data.items))


def strategy_column(collection: Collection, joined: Joined, names: "Names") -> Column:
    """The strategy of each photo that the report has, under these names; None for the others."""
    return joined.column(len(collection), (names.strategy(each.strategy) for each in joined.report.data.items))


def _names_in(joined: Joined, numbers: np.ndarray) -> dict[int, str]:
    """Output → what a report calls it most often, for those of the answers (n,) that it has; each name once."""
    called: dict[int, Counter[str]] = defaultdict(Counter)
    for row, each in zip(joined.rows.tolist(), joined.report.data.items, strict=True):
        if row >= 0:
            called[int(numbers[row])][each.predicted] += 1
    found = {number: names.most_common(1)[0][0] for number, names in called.items()}
    times = Counter(found.values())
    return {number: name if times[name] == 1 else f"{name} (class {number})" for number, name in found.items()}
