"""Texts from a table, a folder, a zip or lines: found, named, labelled; held in memory. No torch here."""

from concepts.data.documents.columns import Columns
from concepts.data.documents.duplicates import Duplicates, NearPair, find_duplicates
from concepts.data.documents.limits import DEFAULT_LIMITS, TextLimits
from concepts.data.documents.metadata import metadata_table
from concepts.data.documents.opening import column_names, open_texts, pasted_texts
from concepts.data.documents.pasting import pasted_file
from concepts.data.documents.sentences import sentences
from concepts.data.documents.splitting import split_documents
from concepts.data.documents.textset import Part, TextSet
from concepts.data.documents.words import Spans, widened, word_spans

__all__ = [
    "DEFAULT_LIMITS",
    "Columns",
    "Duplicates",
    "NearPair",
    "Part",
    "Spans",
    "TextLimits",
    "TextSet",
    "column_names",
    "find_duplicates",
    "metadata_table",
    "open_texts",
    "pasted_file",
    "pasted_texts",
    "sentences",
    "split_documents",
    "widened",
    "word_spans",
]
