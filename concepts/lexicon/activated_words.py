"""What the places of a photo, or the tokens of a text, say in a lexicon: words by place, and of all together."""

from collections.abc import Sequence

from torch import Tensor

from concepts.lexicon.lexicon import Lexicon, keep_top, lexical_activations
from concepts.lexicon.overused import Overuse


def token_activations(tokens: Tensor, lexicon: Lexicon, overuse: Overuse | None = None) -> Tensor:
    """(T, L) ≥ 0: what each of the tokens (T..., p) says, less what the words say everywhere where `overuse` is given.

    Errors as of `lexical_activations`.
    """
    said = lexical_activations(tokens.reshape(-1, tokens.shape[-1]), lexicon)
    return said if overuse is None else overuse.discounted(said).clamp(min=0)


def top_words(said: Tensor, lexicon: Lexicon, places: Sequence[int] = (), *, top: int) -> list[tuple[str, float]]:
    """At most `top` words and their activations, largest first, of what is said at places (T, L): the largest over
    these places, over all where none of them is there. Words that are not said are left out. Source: LexLIP."""
    chosen = said[[place for place in places if place < len(said)] or slice(None)].amax(dim=0)
    order = chosen.argsort(descending=True, stable=True)[:top].tolist()
    return [(lexicon.words[word], float(chosen[word])) for word in order if chosen[word] > 0]


def top_words_by_place(said: Tensor, lexicon: Lexicon, n: int) -> list[list[str]]:
    """For each place of (T, L) at most n words that it says, most said first."""
    rows = []
    for row in keep_top(said, n):
        order = row.argsort(descending=True, stable=True)[:n].tolist()
        rows.append([lexicon.words[word] for word in order if row[word] > 0])
    return rows


def word_activation(said: Tensor, lexicon: Lexicon, word: str | None = None) -> Tensor:
    """(T,): how much each place of (T, L) says a word; None: the word that it says most."""
    return said.amax(dim=1) if word is None else said[:, lexicon.row(word)]
