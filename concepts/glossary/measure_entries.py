"""Glossary entries of the evaluation measures, from their own descriptions."""

from itertools import groupby

from concepts.evaluation.measure import Measure
from concepts.evaluation.measures import MEASURES
from concepts.glossary.entry import CHECKS, GlossaryEntry


def measure_entry(measures: list[Measure]) -> GlossaryEntry:
    """The entry of the measures of one term, with the description of the first."""
    first, names = measures[0], [measure.name for measure in measures if measure.name != measures[0].term]
    return GlossaryEntry(
        first.term, first.sentence, first.formula, first.source, also=(*names, *first.also), see=first.see, room=CHECKS
    )


OF_MEASURES = tuple(measure_entry(list(each)) for _, each in groupby(MEASURES.values(), lambda measure: measure.term))
