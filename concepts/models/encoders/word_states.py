"""Tokens pooled to words: bytes and pieces of words as one state for each word of a text."""

import torch

from concepts.data.documents.words import word_spans
from concepts.models.encoders.base import TextTokens


def word_states(tokens: TextTokens) -> TextTokens:
    """The text with its words as tokens: the state of a word is the mean of those of its bytes or pieces.

    A token belongs to a word where it has characters of it; one that reaches over two words belongs to both. Words
    without a token are left out, and so are tokens between words; `pooled` stays. Texts whose scripts put no spaces
    between words have the words of `word_spans`.
    Source of the idea: Byte2Word (Lee, Guo and Qiu, arXiv 2211.12677), which learns an attention over a word's bytes;
    the plain mean here is fitted to nothing.
    Raises ValueError where no word of the text has a token.
    """
    words = [(span, _inside(tokens, span)) for span in word_spans(tokens.text)]
    kept = [(span, inside) for span, inside in words if inside]
    if not kept:
        raise ValueError(f"none of the {len(words)} words of the text has a token: give a text with words")
    vectors = torch.stack([tokens.vectors[inside].mean(dim=0) for _, inside in kept])
    return TextTokens(tokens.text, tuple(span for span, _ in kept), vectors, tokens.pooled)


def _inside(tokens: TextTokens, word: tuple[int, int]) -> list[int]:
    """The tokens with characters of the word."""
    return [t for t, (start, stop) in enumerate(tokens.spans) if start < word[1] and word[0] < stop]
