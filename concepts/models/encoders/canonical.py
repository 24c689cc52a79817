"""Texts in SigLIP's training form: lower case, no punctuation, single spaces; spans refer to the original text."""

import string
from collections.abc import Sequence
from dataclasses import dataclass

from concepts.models.encoders.pieces import Pieces, Span, Tokenize


@dataclass(frozen=True)
class Canonical:
    """Callable: texts to Pieces, tokenized in canonical form, with spans in the text as given.

    Source: big_vision's canonicalize_text, which the SigLIP tokenizers of transformers and open_clip also apply.
    Raises ValueError for a text with only punctuation.
    """

    tokenize: Tokenize

    def __call__(self, texts: Sequence[str]) -> list[Pieces]:
        forms = [canonical_form(text) for text in texts]
        for text, (form, _) in zip(texts, forms, strict=True):
            if not form:
                raise ValueError(f"the text {text!r} has only punctuation, which this model leaves out")
        pieces = self.tokenize([form for form, _ in forms])
        return [
            Pieces(each.ids, tuple(span and _back(span, places) for span in each.spans))
            for each, (_, places) in zip(pieces, forms, strict=True)
        ]


def canonical_form(text: str) -> tuple[str, list[int]]:
    """The text in lower case, without punctuation, "_" as space, single spaces; and each character's original index."""
    kept: list[str] = []
    places: list[int] = []
    for place, character in enumerate(text):
        for lower in " " if character == "_" or character.isspace() else character.lower():
            if lower in string.punctuation or (lower == " " and (not kept or kept[-1] == " ")):
                continue
            kept.append(lower)
            places.append(place)
    if kept and kept[-1] == " ":
        kept.pop()
        places.pop()
    return "".join(kept), places


def _back(span: Span, places: list[int]) -> Span:
    return places[span[0]], places[span[1] - 1] + 1
