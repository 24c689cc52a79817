"""Words sized or shaded by their activation: a word cloud, and the tokens of a text."""

from collections.abc import Sequence

from markupsafe import Markup

from concepts.rendering.colours import SHADES, css, ink_on, mixed
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
        colour = mixed(*SHADES[dark], value)
        background = css(*(round(255 * part) for part in colour))
        pieces.append((text[at:start], text[start:stop], background, ink_on(colour), words))
        at = stop
    return macro("words.tokens")(pieces, text[at:])
