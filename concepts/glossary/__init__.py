"""The glossary of all figures shown on the pages: plain words, formula and source."""

from concepts.glossary.entry import GlossaryEntry
from concepts.glossary.glossary import ENTRIES, entry_of, key_of_term, search_entries

__all__ = ["ENTRIES", "GlossaryEntry", "entry_of", "key_of_term", "search_entries"]
