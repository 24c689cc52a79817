"""The output words of a language model as a lexicon: pieces cleaned of their markers, doubles joined."""

import re
from collections.abc import Sequence

import torch
from torch import Tensor

from concepts.lexicon.lexicon import Lexicon

# how a tokenizer marks that a piece begins a word, or with "##" that it does not, or with "</w>" that it ends one
SPACE_MARKS = ("Ġ", "▁")
INSIDE, END = "##", "</w>"
SPECIAL = re.compile(r"<[^<>]*>|\[[A-Z]+\d*\]|<\|.*\|>")
WORD = re.compile(r"\w(?:[\w'’-]*\w)?")  # at least a letter or a digit at both ends


def lexicon_of_unembedding(
    pieces: Sequence[str], vectors: Tensor, *, bias: Tensor | None = None, whole_words: bool = True,
    name: str = "language model", space: str = "",
) -> Lexicon:  # fmt: skip
    """The words that a language model can say, in the order of its vocabulary, each once.

    pieces: its vocabulary as the tokenizer writes it, such as "Ġdog", "▁dog", "dog</w>" or "##ing"; vectors: (V, p), a
    row a piece; bias: (V,) or None. Special tokens, bytes and punctuation are left out; with `whole_words` so are
    pieces from inside of words, where the marks tell. Pieces that are one word, whatever its case, get the mean of
    their vectors. Raises ValueError when the numbers differ or no word is left.
    """
    if len(pieces) != len(vectors) or (bias is not None and len(bias) != len(pieces)):
        raise ValueError(f"{len(pieces)} pieces with {len(vectors)} vectors: a vector a piece is needed")
    scheme = _scheme(pieces)
    rows: dict[str, list[int]] = {}
    for row, piece in enumerate(pieces):
        word = _word(piece, scheme, whole_words)
        if word:
            rows.setdefault(word.casefold(), []).append(row)
    if not rows:
        raise ValueError(f"none of {len(pieces)} pieces is a word: give the vocabulary as the tokenizer writes it")
    words = tuple(_word(pieces[own[0]], scheme, whole_words) or "" for own in rows.values())
    owner = torch.tensor([place for place, own in enumerate(rows.values()) for _ in own], device=vectors.device)
    kept = torch.tensor([row for own in rows.values() for row in own], device=vectors.device)
    joined = None if bias is None else _means(bias[kept][:, None], owner, len(words))[:, 0]
    return Lexicon(words, _means(vectors[kept], owner, len(words)), bias=joined, name=name, space=space)


def _means(rows: Tensor, owner: Tensor, n: int) -> Tensor:
    sums = rows.new_zeros(n, rows.shape[1]).index_add_(0, owner, rows)
    return sums / torch.bincount(owner, minlength=n)[:, None].to(rows)


def _scheme(pieces: Sequence[str]) -> str:
    """The marker that this vocabulary uses; empty for none."""
    for mark in SPACE_MARKS:
        if any(piece.startswith(mark) for piece in pieces):
            return mark
    if any(piece.endswith(END) for piece in pieces):
        return END
    return INSIDE if any(piece.startswith(INSIDE) for piece in pieces) else ""


def _word(piece: str, scheme: str, whole_words: bool) -> str | None:
    """What a piece says, without its marker; None for what is no word."""
    if SPECIAL.fullmatch(piece):
        return None
    if whole_words and not _is_whole(piece, scheme):
        return None
    text = piece.strip("".join(SPACE_MARKS)).removeprefix(INSIDE).removesuffix(END)
    said = _from_bytes(text) if scheme in ("Ġ", END) else text
    return said if said and WORD.fullmatch(said) else None


def _is_whole(piece: str, scheme: str) -> bool:
    """Does it begin a word? With </w>, where every piece that ends one is marked: does it end one?"""
    if scheme in SPACE_MARKS:
        return piece.startswith(scheme)
    return piece.endswith(END) if scheme == END else not piece.startswith(INSIDE)


def _from_bytes(text: str) -> str | None:
    """Byte-level pieces write each byte as a printable character ("Ã©" is "é"); None where the bytes are no text."""
    try:
        return bytes(_BYTES[character] for character in text).decode("utf-8")
    except (KeyError, UnicodeDecodeError):
        return None


def _byte_characters() -> dict[str, int]:
    """Character → byte, as GPT-2 defined it: printable bytes stand for themselves, the others from 256 on."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [byte for byte in range(256) if byte not in printable]
    return {chr(byte): byte for byte in printable} | {chr(256 + place): byte for place, byte in enumerate(others)}


_BYTES = _byte_characters()
