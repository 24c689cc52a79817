"""What the report of a class costs, from a look at a model and its photos or texts."""

from concepts.engine.cost import Cost, estimate, texts_without_words
from concepts.engine.inspection import Inspection
from concepts.report.request import Request


def cost_of_report(found: Inspection, wanted: Request, n: int, *, n_others: int) -> Cost:
    """The estimated cost of a report of n photos or texts. n_others: those known to be of other classes."""
    settings = wanted.settings
    return estimate(
        n, found.layer(wanted.layer or found.default_layer).shape, settings.n_concepts,
        seconds_per_photo=found.seconds_per_photo, model_bytes=found.model_bytes, importance=settings.importance,
        n_tried=found.n_tried,
        n_others=n_others if settings.evidence == "on" else 0,
        affine=found.kind == "texts", kind=found.kind,
        n_changed=n_changed(found, wanted, n),
    )  # fmt: skip


def n_changed(found: Inspection, wanted: Request, n: int) -> int:
    """How many texts without one of their words the report of n texts runs; 0 for photos."""
    return texts_without_words(n, wanted.settings.n_concepts, found.words_per_text) if found.kind == "texts" else 0
