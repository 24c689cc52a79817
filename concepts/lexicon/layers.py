"""The words that a language model would say at each of its layers, and how far each layer is from its answer."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from concepts.data.documents.words import widened

if TYPE_CHECKING:
    from torch import Tensor

    from concepts.models.encoders.pieces import Pieces
    from concepts.models.lens import LayerLens

LEAST = -1e4  # log-probability; so that one of 0 times one of −∞ is 0
SPARSE = 15  # words of a whole text that are kept
Words = tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class LayerWords:
    """A text of t tokens at l layers, the embeddings first, the model's answer last.

    tokens: the characters of each as they stand in the text, widened to whole graphemes; a token without characters is
    left out. spans: their places, None where the tokenizer tells none. words: (l, t, top), the likeliest first;
    probabilities: theirs, (l, t, top) in [0, 1].
    kl, control: (l, t) in nats, ≥ 0, see `layer_words`. uniform: (t,), the same for equal probabilities of all words.
    sparse: for each layer the words of the whole text by their activation.
    causal: the words are those of the next token; else of the token's own place.
    """

    text: str
    model: str
    causal: bool
    layers: tuple[str, ...]
    tokens: tuple[str, ...]
    spans: tuple[tuple[int, int], ...] | None
    words: tuple[tuple[tuple[str, ...], ...], ...]
    probabilities: np.ndarray
    kl: np.ndarray
    control: np.ndarray
    uniform: np.ndarray
    sparse: tuple[Words, ...]

    @property
    def nats(self) -> np.ndarray:
        """(l,): how far each layer is from the answer, summed over the tokens."""
        return self.kl.sum(axis=1)

    @property
    def nats_a_token(self) -> np.ndarray:
        """(l,): the mean over the tokens."""
        return self.kl.mean(axis=1)

    @property
    def control_a_token(self) -> np.ndarray:
        """(l,): the mean over the tokens, for permuted words."""
        return self.control.mean(axis=1)

    @property
    def uniform_a_token(self) -> float:
        """The mean over the tokens, for equal probabilities."""
        return float(self.uniform.mean())


def layer_words(model: "LayerLens", text: str, *, top: int = 5, n_controls: int = 3, seed: int = 0) -> LayerWords:
    """The hidden state of every token at every layer, read through the final norm and the unembedding.

        p_l = softmax(E · norm(h_l) + b),   KL_l = Σ_w p_L(w) (log p_L(w) − log p_l(w)),   0 at the last layer L

    control: KL of p_l with its words permuted, the mean of `n_controls` seeded permutations: what a reading reaches
    that is as sure of itself and knows nothing of the text. A layer that is not below it says nothing.
    sparse: s_w = max over tokens of log(1 + max(0, E_w · norm(h_l) + b_w)); for a model that was not trained with it,
    where 0 lies is chance: read the order, not the values.
    The lens is not tuned: early layers may hold the answer in a basis of their own, which it reads badly.
    Sources: nostalgebraist, "interpreting GPT: the logit lens", 2020; Belrose et al., "Eliciting Latent Predictions
    with the Tuned Lens", arXiv 2303.08112 (the KL, and the bias of the untuned lens); LexLIP (Luo et al., ICCV 2023).
    Raises ValueError for a text that is empty or too long, and for top < 1.
    """
    if top < 1:
        raise ValueError(f"top is {top}: keep at least one word")
    pieces = model.pieces(text)
    kept = [t for t, span in enumerate(pieces.spans) if span is not None] or list(range(len(pieces.ids)))
    read = list(_layers(model, pieces, kept, min(top, model.n_words), _permutations(model.n_words, n_controls, seed)))
    read.reverse()
    spans = _spans(text, pieces, kept)
    return LayerWords(
        text=text,
        model=model.name,
        causal=model.causal,
        layers=model.layers,
        tokens=tuple(text[a:b] for a, b in spans) if spans else tuple(model.word(pieces.ids[t]) for t in kept),
        spans=spans,
        words=tuple(each.words for each in read),
        probabilities=np.stack([each.probabilities for each in read]),
        kl=np.stack([each.kl for each in read]),
        control=np.stack([each.control for each in read]),
        uniform=read[-1].uniform,
        sparse=tuple(each.sparse for each in read),
    )


@dataclass(frozen=True)
class _Layer:
    words: tuple[tuple[str, ...], ...]
    probabilities: np.ndarray
    kl: np.ndarray
    control: np.ndarray
    uniform: np.ndarray
    sparse: Words


def _layers(
    model: "LayerLens", pieces: "Pieces", kept: list[int], top: int, permutations: "list[Tensor]"
) -> Iterator[_Layer]:
    """The layers, the last first."""
    import torch

    answer = certainty = torch.empty(0)
    for logits in model.logits(pieces):
        said = logits[kept].log_softmax(dim=-1).clamp(min=LEAST)  # (t, V)
        if not len(answer):  # of the last layer
            answer = said.exp()
            certainty = (answer * said).sum(dim=-1)
        best = said.topk(top, dim=-1)
        shuffled = [(certainty - (answer * said[:, order]).sum(dim=-1)).clamp(min=0) for order in permutations]
        yield _Layer(
            words=tuple(tuple(map(model.word, row)) for row in best.indices.tolist()),
            probabilities=best.values.exp().numpy(),
            kl=(certainty - (answer * said).sum(dim=-1)).clamp(min=0).numpy(),
            control=torch.stack(shuffled).mean(dim=0).numpy(),
            uniform=(certainty + np.log(model.n_words)).clamp(min=0).numpy(),
            sparse=_sparse(model, logits[kept]),
        )


def _sparse(model: "LayerLens", logits: "Tensor") -> Words:
    """The first words of (t, V) logits by log(1 + max(0, z)), the largest over the tokens; none with 0."""
    best = logits.amax(dim=0).clamp(min=0).log1p().topk(min(SPARSE, model.n_words))
    pairs = zip(best.indices.tolist(), best.values.tolist(), strict=True)
    return tuple((model.word(piece), value) for piece, value in pairs if value > 0)


def _permutations(n: int, n_controls: int, seed: int) -> "list[Tensor]":
    """Seeded permutations of n words. Raises ValueError for none."""
    import torch

    if n_controls < 1:
        raise ValueError(f"n_controls is {n_controls}: give at least one permutation")
    generator = torch.Generator().manual_seed(seed)
    return [torch.randperm(n, generator=generator) for _ in range(n_controls)]


def _spans(text: str, pieces: "Pieces", kept: list[int]) -> tuple[tuple[int, int], ...] | None:
    """The places of the kept tokens, each widened to whole graphemes: tokens that share a character share its place."""
    known = [span for t, span in enumerate(pieces.spans) if t in kept and span is not None]
    return tuple(widened(text, (span,))[0] for span in known) if len(known) == len(kept) else None
