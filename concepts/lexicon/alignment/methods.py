"""Bridges by name."""

from collections.abc import Callable
from dataclasses import replace

from torch import Tensor

from concepts.lexicon.alignment.assignment import assignment
from concepts.lexicon.alignment.bridge import Bridge
from concepts.lexicon.alignment.procrustes import procrustes
from concepts.lexicon.alignment.random_control import random_bridge
from concepts.lexicon.alignment.ridge import ridge

BRIDGES: dict[str, Callable[..., Bridge]] = {
    "ridge": ridge,
    "procrustes": procrustes,
    "assignment": assignment,
    "random": random_bridge,
}


def fit_bridge(
    method: str,
    photos: Tensor,
    texts: Tensor,
    *,
    seed: int = 0,
    trained_on: str = "",
    source: str = "",
    space: str = "",
) -> Bridge:
    """The bridge of a method, fitted on photos (m, p) and the vectors of their words (m, d).

    trained_on, source, space: stored in the bridge, as in `Bridge`. Raises ValueError for an unknown method (the
    message lists the known ones), and as `Pairs` does.
    """
    if method not in BRIDGES:
        raise ValueError(f"unknown bridge {method!r}: choose one of {', '.join(BRIDGES)}")
    return replace(BRIDGES[method](photos, texts, seed=seed), trained_on=trained_on, source=source, space=space)
