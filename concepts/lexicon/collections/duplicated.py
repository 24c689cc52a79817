"""The near-duplicates among all photos of a collection: found, kept with the collection, opened again."""

from collections.abc import Callable

from concepts.lexicon.collections.collection import Collection
from concepts.lexicon.collections.stored_tokens import tokens_of
from concepts.report.pipeline.provenance import now
from concepts.token_search.building_duplicates import build_duplicates
from concepts.token_search.kept_duplicates import KeptDuplicates
from concepts.token_search.near_duplicates import THRESHOLD

DUPLICATES = "duplicates"  # in the folder of a collection


def duplicates_of(collection: Collection) -> KeptDuplicates | None:
    """The near-duplicates kept with a collection; None without.

    Raises ValueError where they are damaged, of other tokens, or from another cosine than pages speak of.
    """
    folder = collection.folder / DUPLICATES
    if not folder.is_dir():
        return None
    found = KeptDuplicates.load(folder, tokens_of(collection))
    if found.threshold != THRESHOLD:
        raise ValueError(f"they were found from a cosine of {found.threshold:g} on, not {THRESHOLD}: look anew")
    return found


def build_duplicates_of(
    collection: Collection, *, progress: Callable[[float], None] = lambda share: None
) -> KeptDuplicates:
    """Compares all photos of a collection, and keeps the groups beside what it holds; errors are those of
    `build_duplicates`."""
    return build_duplicates(tokens_of(collection), collection.folder / DUPLICATES, created=now(), progress=progress)
