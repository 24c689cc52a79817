"""What a change of a text changes: the probabilities, the lead of the first answer, the importance of each concept."""

from dataclasses import dataclass

import numpy as np

from concepts.report.queries.new_photo import Explained


@dataclass(frozen=True, eq=False)
class Changed:
    """A text before and after.

    rows: class, its probability before and after, the likeliest in either first; () for quantities. first: the answer
    before; lead: how far it leads over the next class before and after, in logits, below 0 where another one leads;
    None for quantities and for one class. phi: (k,) importance after less before.
    """

    rows: tuple[tuple[int, float, float], ...]
    first: int
    lead: tuple[float, float] | None
    phi: np.ndarray


def change_between(before: Explained, after: Explained, *, top: int) -> Changed:
    """What differs between two texts explained by one report. top: classes in `rows`, at most."""
    first, phi = int(before.logits.argmax()), after.phi - before.phi
    was, now = before.probabilities, after.probabilities
    if was is None or now is None:
        return Changed((), first, None, phi)
    order = np.argsort(-np.maximum(was, now), kind="stable")[:top]
    rows = tuple((int(i), float(was[i]), float(now[i])) for i in order)
    lead = (_lead(before.logits, first), _lead(after.logits, first)) if len(was) > 1 else None
    return Changed(rows, first, lead, phi)


def _lead(logits: np.ndarray, first: int) -> float:
    return float(logits[first] - np.delete(logits, first).max())
