"""Reuse of a report's model and dictionary: check of the model, codes of other activations, and their importance."""

from typing import TYPE_CHECKING

from concepts.extraction.methods import EXTRACTIONS
from concepts.report.stored import StoredReport

if TYPE_CHECKING:
    from torch import Tensor

    from concepts.models.splitting.base import SplitModel


def check_model(report: StoredReport, split: "SplitModel") -> None:
    """Raises ValueError if the report is of another model, another layer, or a model that behaves differently."""
    from concepts.models.behaviour import IN_REPORT, Behaviour, behaviour_of

    data = report.data
    if split.card.fingerprint != data.model.fingerprint or split.layer != data.layer.path:
        raise ValueError(
            f"the report is of {data.model.name} at {data.layer.path} with other weights or another layer than "
            f"{split.card.name} at {split.layer}: give the model that it was made with"
        )
    try:
        stored = Behaviour.from_arrays(report.array)
    except ValueError:  # a report from before December 2026
        return
    if not stored.agrees(behaviour_of(split).thinned(IN_REPORT)):
        raise ValueError(
            f"{split.card.name} has the weights and the code of the report's model but answers otherwise: an "
            "attribute, a file that it imports or its transform has changed; give the model as it was, or "
            "make the report anew"
        )


def fresh_codes(report: StoredReport, A: "Tensor", V: "Tensor") -> "Tensor":
    """(n, T..., k): codes of activations (n, T..., p) by the report's own method with V (k, p) fixed.

    Raises ValueError for a method that needs more than its dictionary.
    """
    from concepts.extraction import make_extractor

    method = report.data.settings.method
    if method not in EXTRACTIONS or EXTRACTIONS[method].state != ("components",):
        raise ValueError(f"a report of {method} keeps too little to find codes anew: use another method")
    return make_extractor(method, len(V)).restore(V).transform(A.flatten(0, -2)).reshape(*A.shape[:-1], len(V)).float()


def fresh_importance(report: StoredReport, split: "SplitModel", A: "Tensor") -> tuple["Tensor", "Tensor"]:
    """Codes U (n, T..., k) of activations A (n, T..., p), and their φ (n, k) for the report's target by its own method.

    Raises ValueError as `fresh_codes` does.
    """
    import torch

    from attribution.importance import concept_importance

    V = torch.from_numpy(report.array("components")).to(A)
    U = fresh_codes(report, A, V)
    target, settings = report.data.target, report.data.settings
    phi = concept_importance(split.head, U, V, target.score, settings.importance, seed=settings.seed)
    return U, phi.detach()
