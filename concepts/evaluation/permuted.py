"""Concepts of a model's tokens under a permuted vocabulary: which hang on the token, which on its context."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from concepts.numerics.intervals import Estimate
from concepts.probes.permuted import permuted_vocabulary

if TYPE_CHECKING:
    from torch import Tensor

    from concepts.models.text.reading import TextPieces
    from concepts.models.text.token_states import TokenStates

SHOWN = 5  # tokens of a concept
RECURS = 3  # times that a token stands in the texts, to be shown


@dataclass(frozen=True)
class PermutedRow:
    """One concept: the tokens in which it is strongest on average, and the correlations of `PermutedConcept`."""

    concept: int
    tokens: tuple[str, ...]
    identity: Estimate
    context: Estimate
    control: float
    n: int

    @property
    def hangs_on(self) -> str:
        """ "identity", "context", "both" or "neither": whose interval lies above the control."""
        on = [name for name in ("identity", "context") if getattr(self, name).low > self.control]
        return "both" if len(on) == 2 else on[0] if on else "neither"


def permuted_concepts(
    encoder: "TokenStates", texts: Sequence[str], *, n_concepts: int = 8, method: str = "semi_nmf", seed: int = 0
) -> tuple[PermutedRow, ...]:
    """Concepts learned on the states of all tokens of the texts, beside their mean; special tokens are left out.

    Every text is read as it is and with its tokens exchanged for equally frequent ones, the same everywhere.
    Raises ValueError for fewer than two texts, fewer tokens than concepts, and as `make_extractor`.
    """
    import torch

    from concepts.extraction import make_extractor

    pieces = [each for each in map(encoder.pieces, texts) if any(span is not None for span in each.spans)]
    ids = [np.array(each.ids) for each in pieces]
    plain = [np.array([span is not None for span in each.spans]) for each in pieces]
    fixed = sorted({token for each in pieces for token, span in zip(each.ids, each.spans, strict=True) if span is None})
    if len(ids) < 2 or sum(each.sum() for each in plain) < n_concepts:
        raise ValueError(
            f"{len(ids)} texts with {sum(int(each.sum()) for each in plain)} tokens, expected two texts and "
            f"{n_concepts} tokens at least: give more texts"
        )
    states = encoder.states(ids)
    learned = torch.cat([each[torch.from_numpy(mask)] for each, mask in zip(states, plain, strict=True)])
    mean = learned.mean(dim=0)
    extractor = make_extractor(method, n_concepts, seed=seed)
    codes = extractor.fit_transform(learned - mean)

    def encode(asked: Sequence[np.ndarray]) -> list[np.ndarray]:
        return [extractor.transform(each - mean).numpy() for each in encoder.states(asked)]

    found = permuted_vocabulary(ids, encode, fixed=fixed, seed=seed)
    strongest = _strongest(codes, _written(pieces, texts, encoder))
    return tuple(
        PermutedRow(each.concept, tokens, each.identity, each.context, each.control, each.n)
        for each, tokens in zip(found, strongest, strict=True)
    )


def _written(pieces: "Sequence[TextPieces]", texts: Sequence[str], encoder: "TokenStates") -> list[str]:
    """The tokens with characters, as they stand in the texts, in order."""
    read = [text for text in texts if any(span is not None for span in encoder.pieces(text).spans)]
    return [text[slice(*span)] for text, each in zip(read, pieces, strict=True) for span in each.spans if span]


def _strongest(codes: "Tensor", words: Sequence[str]) -> list[tuple[str, ...]]:
    """For each concept the words with the largest mean code (m, k), without regard to case, of those that recur."""
    kinds, places = np.unique(np.array([word.casefold() for word in words]), return_inverse=True)
    counts = np.bincount(places)
    means = np.stack([np.bincount(places, weights=column) / counts for column in codes.double().numpy().T])
    if (counts >= RECURS).sum() >= SHOWN:
        kinds, means = kinds[counts >= RECURS], means[:, counts >= RECURS]
    return [tuple(kinds[np.argsort(-row)[:SHOWN]].tolist()) for row in means]
