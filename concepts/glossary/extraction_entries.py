"""Glossary entries of the extraction methods, from their own descriptions."""

from concepts.extraction.extraction_method import ExtractionMethod
from concepts.extraction.methods import CLASSIFIER_AWARE_NMF, EXTRACTIONS
from concepts.glossary.entry import FINDING, GlossaryEntry


def extraction_entry(method: ExtractionMethod) -> GlossaryEntry:
    """The entry of one method: its name in commands, its name on the pages, its description."""
    names = () if method.label == method.name else (method.name,)
    return GlossaryEntry(
        method.label, method.sentence, method.formula, method.source, also=names, see=method.see, room=FINDING
    )


OF_EXTRACTIONS = tuple(map(extraction_entry, (*EXTRACTIONS.values(), CLASSIFIER_AWARE_NMF)))
