"""Whether vectors of a collection and of a report, or of another collection, can be compared."""

from typing import TYPE_CHECKING

from concepts.lexicon.collections.collection import Collection
from concepts.lexicon.collections.recording import space_of

if TYPE_CHECKING:
    from concepts.models.behaviour import Behaviour
    from concepts.report.stored import StoredReport


def is_space_of(collection: Collection, report: "StoredReport") -> bool:
    """Whether the report's concepts are directions among the collection's tokens: of the same weights and layer, and of
    the same activations on the same probes. Results from before December 2026 hold no probes."""
    if space_of(report.data.model.fingerprint, report.data.layer.path) != collection.space:
        return False
    return _agree(_behaviour(collection), _behaviour_of_report(report))


def share_space(a: Collection, b: Collection) -> bool:
    """Whether the tokens of two collections are comparable, as for `is_space_of`."""
    return a.space == b.space and (a.tokens == b.tokens or _agree(_behaviour(a), _behaviour(b)))


def _agree(a: "Behaviour | None", b: "Behaviour | None") -> bool:
    """False where the two contradict each other; an unknown one does not."""
    return a is None or b is None or not a.contradicts(b)


def _behaviour(collection: Collection) -> "Behaviour | None":
    """That of the collection's encoder, thinned as in reports."""
    from concepts.models.behaviour import IN_REPORT, Behaviour

    found = Behaviour.load(collection.store / collection.tokens)
    return found and found.thinned(IN_REPORT)


def _behaviour_of_report(report: "StoredReport") -> "Behaviour | None":
    from concepts.models.behaviour import Behaviour

    try:
        return Behaviour.from_arrays(report.array)
    except ValueError:  # a report from before December 2026
        return None
