"""Words for concepts: scored, assigned so that no word names everything, and rejected if none is good.

Reading names needs no heavy imports: code on tokens is in `scores`, `prototypes`, `captions` and `report_tokens`.
"""

from concepts.lexicon.naming.assign import assign_words
from concepts.lexicon.naming.names import IN_REPORT, ConceptName, name_concepts, read_names, write_names

__all__ = ["IN_REPORT", "ConceptName", "assign_words", "name_concepts", "read_names", "write_names"]
