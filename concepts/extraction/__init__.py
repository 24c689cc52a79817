"""Concept extraction is dictionary learning: A ≈ U V (Holistic, eq. 1-2). One estimator a file."""

from concepts.extraction.base import Extractor
from concepts.extraction.kmeans import KMeansExtractor
from concepts.extraction.nmf import NMFExtractor
from concepts.extraction.pca import PCAExtractor
from concepts.extraction.semi_nmf import SemiNMFExtractor

EXTRACTORS: dict[str, type[Extractor]] = {
    kind.method: kind for kind in (NMFExtractor, SemiNMFExtractor, KMeansExtractor, PCAExtractor)
}


def make_extractor(method: str, n_concepts: int, *, seed: int = 0, **options: float) -> Extractor:
    """The estimator of that name, unfitted. `options` are those of its constructor; a misspelt one is an error.

    Raises ValueError for an unknown method (its message lists the known ones) or n_concepts < 1.
    """
    if method not in EXTRACTORS:
        raise ValueError(f"unknown extraction method {method!r}: choose one of {', '.join(EXTRACTORS)}")
    return EXTRACTORS[method](n_concepts, seed=seed, **options)


__all__ = ["EXTRACTORS", "Extractor", "make_extractor"]
