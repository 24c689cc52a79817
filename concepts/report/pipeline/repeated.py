"""How many texts of a source repeat others."""

from concepts.data.dataset import Dataset
from concepts.data.documents.duplicates import find_duplicates
from concepts.data.documents.textset import TextSet
from concepts.data.others import WithOthers
from concepts.report.schema import Repeated


def repeated_texts(items: Dataset[object]) -> Repeated | None:
    """The texts of the source, others of other classes aside, that stand in it more than once; None for photos."""
    own = items.own if isinstance(items, WithOthers) else items
    if not isinstance(own, TextSet):
        return None
    found = find_duplicates(own)
    return Repeated(len(own), found.n_repeated, found.exact_across, found.n_nearly_repeated, found.near_across)
