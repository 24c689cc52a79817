"""Word activations of the places of a photo or the tokens of a text: per place, and for all together."""

from collections.abc import Sequence

from torch import Tensor

from concepts.lexicon.lexicon import Lexicon, keep_top, lexical_activations
from concepts.lexicon.overused import Overuse


def token_activations(tokens: Tensor, lexicon: Lexicon, overuse: Overuse | None = None) -> Tensor:
    """(T, L) ≥ 0: word activations of the tokens (T..., p), minus the mean activations in `overuse` where it is given.

    Raises the errors of `lexical_activations`.
    """
    said = lexical_activations(tokens.reshape(-1, tokens.shape[-1]), lexicon)
    return said if overuse is None else overuse.discounted(said).clamp(min=0)


def top_words(said: Tensor, lexicon: Lexicon, places: Sequence[int] = (), *, top: int) -> list[tuple[str, float]]:
    """At most `top` words and their activations, largest first, from the word activations `said` (T, L).

    The activation of a word is its maximum over `places`, or over all places if none of them exists. Words with
    activation 0 are left out. Source: LexLIP."""
    chosen = said[[place for place in places if place < len(said)] or slice(None)].amax(dim=0)
    order = chosen.argsort(descending=True, stable=True)[:top].tolist()
    return [(lexicon.words[word], float(chosen[word])) for word in order if chosen[word] > 0]


def top_words_by_place(said: Tensor, lexicon: Lexicon, n: int) -> list[list[str]]:
    """For each place of (T, L), at most n of its activated words, largest activation first."""
    rows = []
    for row in keep_top(said, n):
        order = row.argsort(descending=True, stable=True)[:n].tolist()
        rows.append([lexicon.words[word] for word in order if row[word] > 0])
    return rows


def word_activation(said: Tensor, lexicon: Lexicon, word: str | None = None) -> Tensor:
    """(T,): the activation of a word at each place of (T, L); for None, of the most activated word at each place."""
    return said.amax(dim=1) if word is None else said[:, lexicon.row(word)]
