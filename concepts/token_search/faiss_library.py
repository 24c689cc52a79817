"""FAISS, which searches large collections by an index, where it is installed."""

from types import ModuleType


def faiss_library() -> ModuleType:
    """The module `faiss`. Raises ValueError, with how to install it, where it is missing."""
    try:
        import faiss
    except ImportError as error:
        raise ValueError("an index needs FAISS: pip install -r requirements-index.txt, or search exactly") from error
    return faiss
