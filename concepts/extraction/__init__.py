"""Concept extraction is dictionary learning: A ≈ U V (Holistic, eq. 1-2). One estimator a file.

What is known of the methods (`concepts.extraction.methods`) needs no torch; the estimators are imported when they are
first used.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from concepts.extraction.base import Extractor
    from concepts.extraction.face import ClassifierAwareNMF, classifier_aware_nmf
    from concepts.extraction.registry import EXTRACTORS, load_extractor, make_extractor
    from concepts.extraction.rows import MemoryRows, Rows, StoredRows, sample_rows
else:
    _HOMES = {
        "base": ("Extractor",),
        "face": ("ClassifierAwareNMF", "classifier_aware_nmf"),
        "registry": ("EXTRACTORS", "load_extractor", "make_extractor"),
        "rows": ("MemoryRows", "Rows", "StoredRows", "sample_rows"),
    }

    def __getattr__(name: str) -> object:
        """A name of this package, from the module that defines it."""
        for module, names in _HOMES.items():
            if name in names:
                return getattr(import_module(f"{__name__}.{module}"), name)
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


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
