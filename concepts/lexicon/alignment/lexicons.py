"""A lexicon mapped back over a bridge: words of a text space for tokens of the vision space."""

from torch import Tensor
from torch.nn.functional import normalize

from concepts.lexicon import Lexicon
from concepts.lexicon.alignment.bridge import Bridge


def bridged_lexicon(lexicon: Lexicon, bridge: Bridge, *, name: str | None = None) -> Lexicon:
    """The same words for tokens x (p,) of the input space of the bridge.

        (x M + b) · e_w = x · (M e_w) + b · e_w

    e_w is a word's vector minus the mean of all words, at length 1: texts have much in common, and with this common
    part every word would be activated everywhere. Raises ValueError for a bridge to another text encoder or of another
    width, for a single word, and for words with identical vectors.
    """
    if lexicon.n_channels != bridge.matrix.shape[1]:
        raise ValueError(
            f"the words have {lexicon.n_channels} channels, the bridge leads to {bridge.matrix.shape[1]}: embed them "
            "with the text encoder that it was fitted for"
        )
    if bridge.space and lexicon.space and bridge.space != lexicon.space:
        raise ValueError("the bridge leads to another text encoder than the one that gave the words: use that one")
    words = centred(lexicon.vectors)
    if len(words) < 2 or not words.any(dim=1).all():
        raise ValueError(f"{len(words)} words that cannot be told apart: a bridge reads what sets words apart")
    M, b = bridge.matrix.to(words), bridge.offset.to(words) - lexicon.vectors.mean(dim=0)
    return Lexicon(lexicon.words, words @ M.T, words @ b, name=name or lexicon.name, space=bridge.source)


def centred(vectors: Tensor) -> Tensor:
    """(L, d): each vector minus the mean of all, at length 1."""
    return normalize(vectors - vectors.mean(dim=0), dim=1)
