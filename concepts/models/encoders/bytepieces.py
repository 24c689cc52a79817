"""open_clip's own tokenizer, with the character span of each token."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from concepts.models.encoders.pieces import Pieces, Span


class SimpleTokenizer(Protocol):
    """The used part of open_clip's: `decoder` maps an id to its piece, `byte_decoder` a character of it to a byte."""

    sot_token_id: int
    eot_token_id: int
    decoder: dict[int, str]
    byte_decoder: dict[str, int]

    def encode(self, text: str) -> list[int]: ...


@dataclass(frozen=True, eq=False)
class BytePieces:
    """Callable: texts to Pieces, with open_clip's SimpleTokenizer, which itself does not record positions.

    Each token is searched in the lower-case text from the end of the token before it. Where the tokenizer's
    cleaning changed the text (an HTML entity, a typographic quote), the token has no characters of its own.
    """

    tokenizer: SimpleTokenizer

    def __call__(self, texts: Sequence[str]) -> list[Pieces]:
        return [self._one(text) for text in texts]

    def _one(self, text: str) -> Pieces:
        ids = self.tokenizer.encode(text)
        spans = found_again(text, [self._bytes(i) for i in ids])
        return Pieces((self.tokenizer.sot_token_id, *ids, self.tokenizer.eot_token_id), (None, *spans, None))

    def _bytes(self, i: int) -> bytes:
        piece = self.tokenizer.decoder[i].removesuffix("</w>")
        return bytes(self.tokenizer.byte_decoder[character] for character in piece)


def found_again(text: str, pieces: Sequence[bytes]) -> list[Span | None]:
    """The span of each piece, searched in order and ignoring case; no letter or digit is skipped. None if not found."""
    raw, places = bytearray(), []
    for place, character in enumerate(text):
        encoded = character.lower().encode()
        raw += encoded
        places += [place] * len(encoded)
    spans: list[Span | None] = []
    start = 0
    for piece in pieces:
        at = raw.find(piece.lower(), start)
        if at < 0 or any(map(str.isalnum, raw[start:at].decode(errors="ignore"))):
            spans.append(None)
            continue
        start = at + len(piece)
        spans.append((places[at], places[start - 1] + 1))
    return spans
