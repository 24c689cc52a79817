"""Words sized or shaded by their activation: a word cloud, and the tokens of a text."""

from collections.abc import Sequence

from markupsafe import Markup

from concepts.lexicon.layers import LayerWords
from concepts.numerics.written import written
from concepts.rendering.colours import SHADES, css, ink_on, mixed
from concepts.report.rendering.sentences import percent
from pages.components.macros import macro
from pages.components.texts import paragraph

LARGEST, SMALLEST = 1.6, 0.85  # rem, font sizes in a cloud


def word_cloud(words: Sequence[tuple[str, float]]) -> Markup:
    """The words as a list in the order given, their font size by their activation."""
    top = max((value for _, value in words), default=0.0)
    if top <= 0:
        return paragraph("No word is said here.")
    return macro("words.cloud")([(word, SMALLEST + (LARGEST - SMALLEST) * v / top, v) for word, v in words])


def text_tokens(
    text: str, spans: Sequence[tuple[int, int]], values: Sequence[float], said: Sequence[Sequence[str]], *, dark: bool
) -> Markup:
    """A text whose tokens are shaded by values in [0, 1], each with its words below."""
    pieces, at = [], 0
    for (start, stop), value, words in zip(spans, values, said, strict=True):
        pieces.append((text[at:start], text[start:stop], *_shade(value, dark=dark), words))
        at = stop
    return macro("words.tokens")(pieces, text[at:])


def layer_table(read: LayerWords, *, dark: bool) -> Markup:
    """A row for each layer, a column for each token: the likeliest word, shaded by its probability."""
    rows = []
    for layer, words, shares, nats in zip(read.layers, read.words, read.probabilities, read.nats, strict=True):
        cells = [
            (said[0], percent(share[0]), *_shade(share[0], dark=dark), _others(said, share))
            for said, share in zip(words, shares.tolist(), strict=True)
        ]
        rows.append((layer, written(float(nats)), cells))
    return macro("words.layers")(read.tokens, rows)


def _others(words: Sequence[str], shares: Sequence[float]) -> str:
    return ", ".join(f"{word} {percent(share)}" for word, share in zip(words, shares, strict=True))


def _shade(value: float, *, dark: bool) -> tuple[str, str]:
    """Background and ink of a value in [0, 1]."""
    colour = mixed(*SHADES[dark], value)
    return css(*(round(255 * part) for part in colour)), ink_on(colour)
