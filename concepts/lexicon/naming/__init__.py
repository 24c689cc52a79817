"""Words for concepts: scored, assigned so that one word does not name everything, and refused where none is good.

Reading names stays light: what takes tokens is in `scores`, `prototypes`, `captions` and `of_report`.
"""

from concepts.lexicon.naming.assign import assign_words
from concepts.lexicon.naming.names import IN_REPORT, ConceptName, name_concepts, read_names, write_names

__all__ = ["IN_REPORT", "ConceptName", "assign_words", "name_concepts", "read_names", "write_names"]
