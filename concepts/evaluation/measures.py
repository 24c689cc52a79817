"""The facts of every measure of an evaluation, one object each, read by tables, ranks, pages and glossary."""

from concepts.evaluation.dictionary_measures import DICTIONARY_MEASURES
from concepts.evaluation.importance_measures import IMPORTANCE_MEASURES
from concepts.evaluation.measure import IMPORTANCE, Measure

MEASURES: dict[str, Measure] = {measure.name: measure for measure in (*DICTIONARY_MEASURES, *IMPORTANCE_MEASURES)}


def ranked(of: str) -> list[str]:
    """The columns of a table of ranks of dictionaries, or of importances."""
    return [name for name, measure in MEASURES.items() if measure.ranked and of in measure.of]


def faithfulness() -> list[str]:
    """The measures of an importance with a chance level."""
    return [name for name, measure in MEASURES.items() if measure.of == (IMPORTANCE,) and measure.control]
