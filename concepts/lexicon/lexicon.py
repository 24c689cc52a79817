"""A lexicon: words with directions in token space, and the word activations of tokens."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor

from concepts.lexicon.typed_words import by_lower_case, near_words

SHOWN = 5  # words listed in a message


@dataclass(frozen=True)
class Lexicon:
    """L words and their vectors E (L, p), in the space of the tokens they are applied to.

    bias (L,) or None: added to t · w, for words that are the outputs of a layer with a bias. name: shown on the page.
    space: fingerprint of the tokens' encoder, "" if tokens of any encoder of that width are allowed.
    Raises ValueError for no words, for words that are empty or occur twice, and for vectors of another number, not
    finite, or all zero.
    """

    words: tuple[str, ...]
    vectors: Tensor
    bias: Tensor | None = None
    name: str = "lexicon"
    space: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "words", tuple(self.words))
        _check_words(self.words)
        if self.vectors.ndim != 2 or len(self.vectors) != len(self.words):
            raise ValueError(f"{len(self.words)} words with vectors {tuple(self.vectors.shape)}, expected a row a word")
        if not torch.isfinite(self.vectors).all():
            raise ValueError("the lexicon's vectors hold NaN or infinity: compute them anew")
        empty = (self.vectors == 0).all(dim=1).nonzero().flatten().tolist()
        if empty:
            raise ValueError(f"{len(empty)} words have a vector of zeros ({_some([self.words[i] for i in empty])})")
        if self.bias is not None and self.bias.shape != (len(self.words),):
            raise ValueError(f"bias {tuple(self.bias.shape)}, expected one number for each of {len(self.words)} words")

    def __len__(self) -> int:
        return len(self.words)

    @property
    def n_channels(self) -> int:
        """p, the width of the tokens."""
        return self.vectors.shape[1]

    @cached_property
    def places(self) -> dict[str, int]:
        """Word, in lower case → its row."""
        return {word.casefold(): row for row, word in enumerate(self.words)}

    def row(self, word: str) -> int:
        """The row of a word, ignoring case. Raises ValueError, with the nearest words, for an unknown word."""
        wanted = " ".join(word.split()).casefold()
        if wanted in self.places:
            return self.places[wanted]
        near = near_words(wanted, by_lower_case(self.words))
        hint = f"; near it are {', '.join(near)}" if near else f": it has {len(self)} words, such as {self.words[0]}"
        raise ValueError(f"the word {word!r} is not in the lexicon {self.name}{hint}")

    def vector(self, word: str) -> Tensor:
        """(p,): the direction of a word. Raises ValueError for an unknown word."""
        return self.vectors[self.row(word)]


def lexical_activations(tokens: Tensor, lexicon: Lexicon, top: int | None = None) -> Tensor:
    """Sparse, non-negative word activations of each token.

        s_tw = log(1 + max(0, a_t · e_w + b_w))

    tokens: (T..., p). Returns (T..., L), with all but the `top` largest of each token set to 0; fewer than `top` remain
    if fewer are positive. Source: LexLIP (Luo et al., ICCV 2023), the saturation of SPLADE; b is 0 there. Raises
    ValueError when tokens and lexicon differ in width, or when top < 1.
    """
    if tokens.shape[-1] != lexicon.n_channels:
        raise ValueError(
            f"tokens have {tokens.shape[-1]} channels, the lexicon {lexicon.name} reads {lexicon.n_channels}: "
            "choose a lexicon made for this encoder and layer"
        )
    z = tokens @ lexicon.vectors.to(tokens).T
    if lexicon.bias is not None:
        z = z + lexicon.bias.to(tokens)
    return keep_top(torch.log1p(z.clamp(min=0)), top)


def keep_top(activations: Tensor, top: int | None) -> Tensor:
    """The activations with all but the `top` largest of the last dimension set to 0 (the first in a tie). None: all."""
    if top is None or top >= activations.shape[-1]:
        return activations
    if top < 1:
        raise ValueError(f"top is {top}: keep at least one word")
    least = activations.topk(top, dim=-1).values[..., -1:]
    above, equal = activations > least, activations == least
    room = top - above.sum(dim=-1, keepdim=True)
    return torch.where(above | (equal & (equal.cumsum(dim=-1) <= room)), activations, 0)


def _check_words(words: Sequence[str]) -> None:
    if not words:
        raise ValueError("a lexicon needs at least one word, none were given")
    if any(not word.strip() for word in words):
        raise ValueError(f"word {next(i for i, word in enumerate(words) if not word.strip())} is empty")
    seen: set[str] = set()
    twice = [word for word in words if word.casefold() in seen or seen.add(word.casefold())]  # type: ignore[func-returns-value]
    if twice:
        raise ValueError(f"{len(twice)} words occur twice ({_some(twice)}): join their vectors, or leave one out")


def _some(words: Sequence[str]) -> str:
    return ", ".join(words[:SHOWN]) + (", …" if len(words) > SHOWN else "")
