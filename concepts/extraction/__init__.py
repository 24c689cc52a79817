"""Concept extraction is dictionary learning: A ≈ U V (Holistic, eq. 1-2). One estimator a file."""

from concepts.extraction.base import Extractor
from concepts.extraction.face import ClassifierAwareNMF, classifier_aware_nmf
from concepts.extraction.registry import EXTRACTORS, load_extractor, make_extractor
from concepts.extraction.rows import MemoryRows, Rows, StoredRows, sample_rows

__all__ = [
    "EXTRACTORS",
    "ClassifierAwareNMF",
    "Extractor",
    "MemoryRows",
    "Rows",
    "StoredRows",
    "classifier_aware_nmf",
    "load_extractor",
    "make_extractor",
    "sample_rows",
]
