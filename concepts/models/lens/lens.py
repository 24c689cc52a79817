"""LayerLens: a language model whose hidden states are read as words at every layer."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import torch
from torch import Tensor

from concepts.models.encoders.pieces import Pieces, Tokenize, check_lengths, check_texts

BLANKS = str.maketrans({" ": "␣", "\n": "↵", "\t": "⇥"})
VALUES = 2**26  # logits held at a time: 256 MB
Read = Callable[[Tensor, list[int]], Tensor]


@dataclass(frozen=True, eq=False)
class LayerLens:
    """A model with a vocabulary of V pieces. Safe to share between threads.

    layers: the names of its hidden states, the embeddings first, the answer last. causal: a token sees only those
    before it, and its words are those of the next token; else they are the words at its own place.
    `_read` maps ids (1, t) and the indices of l layers to logits (l, t, V): each hidden state through the final norm
    and the unembedding, the last one being the model's own answer.
    Source: nostalgebraist, "interpreting GPT: the logit lens", 2020.
    """

    name: str
    layers: tuple[str, ...]
    causal: bool
    longest: int
    n_words: int
    device: torch.device
    _tokenize: Tokenize = field(repr=False)
    _read: Read = field(repr=False)
    _word: Callable[[int], str] = field(repr=False)

    def pieces(self, text: str) -> Pieces:
        """The tokens of a text. Raises ValueError for one that is empty, or longer than `longest` tokens."""
        check_texts([text])
        pieces = self._tokenize([text])
        check_lengths([text], pieces, self.longest)
        return pieces[0]

    @torch.no_grad()
    def logits(self, pieces: Pieces) -> Iterator[Tensor]:
        """(t, V) of each layer, the last layer first, float32 on the CPU.

        As many layers are read in a pass as fit into `VALUES` logits: for a short text all of them in one.
        """
        ids = torch.tensor([pieces.ids], device=self.device)
        at_once = max(1, VALUES // (ids.shape[1] * self.n_words))
        wanted = list(reversed(range(len(self.layers))))
        for start in range(0, len(wanted), at_once):
            yield from self._read(ids, wanted[start : start + at_once]).float().cpu()

    def word(self, piece: int) -> str:
        """A piece of the vocabulary as people read it, without the blank before it."""
        return self._word(piece)


def visible(decoded: str, piece: str) -> str:
    """A decoded piece without blanks around it; blanks alone as signs.

    The piece as the vocabulary writes it where it has no text of its own, or holds a part of a character.
    """
    if not decoded or "\ufffd" in decoded:
        return piece
    return decoded.strip() or decoded.translate(BLANKS)


def check_answer(found: Tensor, expected: Tensor, name: str) -> None:
    """Raises ValueError where the last layer's reading differs from the model's own logits."""
    if found.shape != expected.shape or not torch.allclose(found, expected, rtol=1e-3, atol=1e-3):
        raise ValueError(
            f"{name}: the last hidden state through its final norm and unembedding does not give the model's logits, "
            "so its layers cannot be read this way: choose another model"
        )
