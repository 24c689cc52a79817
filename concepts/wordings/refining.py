"""Where in a long text a concept stands, coarse first: sentences, the words of the strongest ones, then all others."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from concepts.wordings.removal import Codes, Removal, Span, WhereInText, where_in_text


@dataclass(frozen=True, eq=False)
class Refinement:
    """One step. level: "sentences", "words of the strongest sentences" or "other words". passes: asked so far."""

    level: str
    where: WhereInText
    passes: int


def refined(
    text: str,
    sentences: Sequence[Span],
    words: Sequence[Span],
    codes: Codes,
    removals: Sequence[Removal],
    *,
    weights: np.ndarray,
    top: int = 2,
) -> Iterator[Refinement]:
    """The sentences; the words of the `top` strongest ones; all other words. A step is computed when it is asked for.

    weights: (k,), what one unit of each concept counts: v_j · w_c for a class, 1 for one concept and 0 for all others.
    A sentence is as strong as Σ_j |weight_j · median loss_j|. A word belongs to the sentence that it starts in. A text
    of one sentence begins with its words. Passes: 1 + r·(sentences + words), for r removals. Raises ValueError as
    `where_in_text` does.
    """
    base = codes([text])[0]
    passes, strongest = 1, list(sentences)
    if len(sentences) > 1:
        found = where_in_text(text, sentences, codes, removals, base=base)
        passes += found.passes
        yield Refinement("sentences", found, passes)
        order = np.argsort(-np.abs(found.middle * weights).sum(axis=1), kind="stable")
        strongest = [sentences[i] for i in order[:top].tolist()]
    first = [word for word in words if any(start <= word[0] < stop for start, stop in strongest)]
    known = set(first)
    rest = [word for word in words if word not in known]
    for level, parts in (("words of the strongest sentences", first), ("other words", rest)):
        if parts:
            found = where_in_text(text, parts, codes, removals, base=base)
            passes += found.passes
            yield Refinement(level, found, passes)
