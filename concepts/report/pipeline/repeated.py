"""How many texts of a source repeat others."""

from concepts.data.dataset import Dataset
from concepts.data.documents.duplicates import Duplicates
from concepts.data.documents.textset import TextSet
from concepts.data.others import WithOthers
from concepts.report.schema import Repeated


def own_texts(items: Dataset[object]) -> TextSet | None:
    """The texts of the source, others of other classes aside; None for photos."""
    own = items.own if isinstance(items, WithOthers) else items
    return own if isinstance(own, TextSet) else None


def repeated_row(among: int, found: Duplicates) -> Repeated:
    """The counts of what was found among so many texts."""
    return Repeated(among, found.n_repeated, found.exact_across, found.n_nearly_repeated, found.near_across)
