"""Texts from a table, a folder, a zip or lines: found, named, labelled; held in memory. No torch here."""

from concepts.data.documents.columns import Columns
from concepts.data.documents.limits import DEFAULT_LIMITS, TextLimits
from concepts.data.documents.opening import open_texts, pasted_texts
from concepts.data.documents.textset import Part, TextSet

__all__ = ["DEFAULT_LIMITS", "Columns", "Part", "TextLimits", "TextSet", "open_texts", "pasted_texts"]
