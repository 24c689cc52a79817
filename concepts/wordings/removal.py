"""Where in a text a concept stands: what its code loses without each word or sentence, by several removals."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

Span = tuple[int, int]  # of characters: start, stop
Codes = Callable[[Sequence[str]], np.ndarray]  # m texts -> (m, k)


@dataclass(frozen=True)
class Removal:
    """One way of taking a part out. codes: a text and m spans → the codes (m, k) of the text without each of them.

    A model that can hide tokens from its attention gives such a function of its own.
    """

    name: str
    codes: Callable[[str, Sequence[Span]], np.ndarray]


@dataclass(frozen=True, eq=False)
class WhereInText:
    """What the codes of one text lose without each of its m parts.

    units: the parts, spans of characters. removals: names, r of them. loss: (r, m, k) = u(x) − u(x without the part);
    above 0 where the part brings the concept. passes: texts that the model was asked about.
    """

    units: tuple[Span, ...]
    removals: tuple[str, ...]
    loss: np.ndarray
    passes: int

    @property
    def middle(self) -> np.ndarray:
        """(m, k): the median loss over the removals; one may mislead, such as a mask that is read as a word."""
        return np.median(self.loss, axis=0)

    @property
    def spread(self) -> np.ndarray:
        """(m, k) ≥ 0: the largest minus the smallest loss over the removals, which need not agree."""
        return np.ptp(self.loss, axis=0)


def deletion(codes: Codes) -> Removal:
    """The part is deleted, with the space before it, or after it at the start."""
    return Removal("deleted", lambda text, spans: codes([without(text, span) for span in spans]))


def replacement(codes: Codes, token: str) -> Removal:
    """The part is replaced by a token, such as the model's mask token."""
    return Removal(f"replaced by {token}", lambda text, spans: codes([replaced(text, each, token) for each in spans]))


def hiding(codes: Callable[[str, Sequence[Span]], np.ndarray]) -> Removal:
    """The part's tokens are hidden from attention, by a function of the model: a text and m spans → (m, k)."""
    return Removal("hidden from attention", codes)


def where_in_text(
    text: str, units: Sequence[Span], codes: Codes, removals: Sequence[Removal], *, base: np.ndarray | None = None
) -> WhereInText:
    """What each of m parts brings to each concept, by each removal; 1 + r·m passes, r·m where `base` is given.

    units: spans of characters, each of at least one. codes: of whole texts. base: (k,), the codes of the text, where
    they are known. Raises ValueError for no removal, a span outside the text, or codes of another shape.
    """
    _check(text, units, removals)
    first = codes([text])[0] if base is None else base
    loss = np.zeros((len(removals), len(units), len(first)))
    for r, removal in enumerate(removals if units else ()):
        without_each = np.asarray(removal.codes(text, units))
        if without_each.shape != loss.shape[1:]:
            raise ValueError(
                f"the removal {removal.name!r} gives codes {without_each.shape}, expected {loss.shape[1:]}: "
                "one row a part, one column a concept"
            )
        loss[r] = first - without_each
    passes = len(removals) * len(units) + (base is None)
    return WhereInText(tuple(units), tuple(removal.name for removal in removals), loss, passes)


def without(text: str, span: Span) -> str:
    """The text without the characters of the span, and without the spaces before it, or after it at the start."""
    before, after = text[: span[0]], text[span[1] :]
    return before.rstrip() + after if before.strip() else after.lstrip()


def replaced(text: str, span: Span, token: str) -> str:
    """The text with a token in the place of the span."""
    return text[: span[0]] + token + text[span[1] :]


def _check(text: str, units: Sequence[Span], removals: Sequence[Removal]) -> None:
    if not removals:
        raise ValueError("0 removals, expected at least one: give `deletion(codes)`")
    wrong = [span for span in units if not 0 <= span[0] < span[1] <= len(text)]
    if wrong:
        raise ValueError(f"the part {wrong[0]} is not in a text of {len(text)} characters: give its start and stop")
