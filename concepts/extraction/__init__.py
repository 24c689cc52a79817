"""Concept extraction as dictionary learning: A ≈ U V (Holistic, eq. 1-2). One file per estimator.

The facts of the methods (`concepts.extraction.methods`) need no torch; the estimators are imported on first use.
"""

from typing import TYPE_CHECKING

from concepts.late_imports import late_imports

if TYPE_CHECKING:
    from concepts.extraction.base import Extractor
    from concepts.extraction.face import ClassifierAwareNMF, classifier_aware_nmf
    from concepts.extraction.registry import EXTRACTORS, load_extractor, make_extractor
else:
    __getattr__ = late_imports(
        __name__,
        {
            "base": ("Extractor",),
            "face": ("ClassifierAwareNMF", "classifier_aware_nmf"),
            "registry": ("EXTRACTORS", "load_extractor", "make_extractor"),
        },
    )


__all__ = [
    "EXTRACTORS",
    "ClassifierAwareNMF",
    "Extractor",
    "classifier_aware_nmf",
    "load_extractor",
    "make_extractor",
]
