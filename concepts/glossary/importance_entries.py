"""Glossary entries of the importance methods, from their own descriptions."""

from attribution.importance_method import ImportanceMethod
from attribution.methods import IMPORTANCES
from concepts.glossary.entry import WEIGHING, GlossaryEntry


def importance_entry(method: ImportanceMethod) -> GlossaryEntry:
    """The entry of one method: its name on the pages, its name in commands, its meaning."""
    labels = () if method.label == method.name else (method.label,)
    return GlossaryEntry(
        method.name,
        method.sentence,
        method.formula,
        method.source,
        also=(*method.also, *labels),
        see=method.see,
        room=WEIGHING,
    )


OF_IMPORTANCES = tuple(map(importance_entry, IMPORTANCES.values()))
