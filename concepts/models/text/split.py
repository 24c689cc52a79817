"""TextSplit: a text classifier f = h ∘ g, cut where its last linear layer reads; h is that layer alone."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

import torch
from torch import Tensor
from torch.nn.functional import linear

from concepts.models.encoders.pieces import Span
from concepts.models.outputs import Outputs
from concepts.models.splitting.layers import allowed_difference
from concepts.models.splitting.layout import Sign
from concepts.models.text.card import TextCard
from concepts.models.text.judged import Judged
from concepts.models.text.reading import TextPieces
from concepts.models.text.removal import removed_inputs


class Passes(Protocol):
    """The two passes of a model over prepared texts."""

    def features(self, inputs: Tensor) -> Tensor:
        """(m, p) what the last linear layer reads."""
        ...

    def answers(self, inputs: Tensor) -> Tensor:
        """(m, c) the logits of the unchanged model, each text run alone and without padding."""
        ...


@dataclass(frozen=True, eq=False)
class TextSplit:
    """A text classifier cut in two: g = `encode`, h = `head`, an affine function; the vector case of a `Split`.

    Safe to share between threads. layer: the path of the last linear layer, of which g is the input. weight: (c, p)
    and bias: (c,) of h. sign, check = max |h(g(x)) − f(x)|: measured on probe texts. removals: the ways in which a
    word can be taken out (`removed`). alone: texts are run one at a time, as their answers depend on the batch.
    read_together: number of batches that a pass should hand over in one call, so that texts of like length meet.
    judged: for a head fitted here, how well it does on texts held out.
    """

    card: TextCard
    layer: str
    weight: Tensor = field(repr=False)
    bias: Tensor = field(repr=False)
    outputs: Outputs
    sign: Sign
    reason: str
    check: float
    device: torch.device
    alone: bool
    read_together: int
    model_bytes: int
    removals: tuple[str, ...]
    passes: Passes = field(repr=False)
    judged: Judged | None = None
    kind: Literal["vector"] = "vector"
    grid: None = None
    named: tuple[str, ...] = ()
    n_positions: int = 1
    differentiable: bool = True

    def encode(self, inputs: Tensor) -> Tensor:
        """g: prepared texts (`card.collate`) → (m, p) float32 what the last linear layer reads, on their device.

        inputs: (m, 2, t) int64 ids and mask; (m, t) int64 ids of texts of one length; (m, p) float32 for a model
        without tokens. A text's row is the same to rounding whatever its batch and padding.
        Raises ValueError for another shape, and for a text that the model refuses.
        """
        inputs = self._checked(inputs)
        if len(inputs) == 0:
            return torch.zeros(0, self.n_channels, device=inputs.device)
        return self.passes.features(inputs.to(self.device)).float().to(inputs.device)

    def head(self, activations: Tensor) -> Tensor:
        """h: activations (n, p) → logits (n, c) = A Wᵀ + b, differentiable, on their device.

        Raises ValueError for another number of channels.
        """
        if activations.ndim != 2 or activations.shape[1] != self.n_channels:
            raise ValueError(f"activations {tuple(activations.shape)}, expected (n, {self.n_channels})")
        weight, bias = (each.to(activations.device, activations.dtype) for each in (self.weight, self.bias))
        return linear(activations, weight, bias)

    def to_map(self, values: Tensor) -> Tensor:
        """Raises ValueError: a text has no grid."""
        raise ValueError(f"values {tuple(values.shape)} of texts have no places on a grid")

    def measure(self, inputs: Tensor) -> float:
        """max |h(g(x)) − f(x)| on prepared texts, as for `encode`; f runs each text alone.

        Raises ValueError when it is above 1e-4 · max |f(x)|.
        """
        inputs = self._checked(inputs).to(self.device)
        with torch.no_grad():
            expected = self.passes.answers(inputs).float()
            difference = float((self.head(self.encode(inputs)) - expected).abs().max())
        allowed = allowed_difference(expected)
        if not difference <= allowed:
            raise ValueError(
                f"split at {self.layer!r}: max |h(g(x)) - f(x)| is {difference:.2e}, allowed {allowed:.2e}; "
                "check that the model gives the same logits for the same text every time"
            )
        return difference

    def pieces(self, text: str) -> TextPieces:
        """The tokens of a text, or the words that a model without tokens counts, with their characters."""
        return self.card.reader.pieces(text)

    def encode_texts(self, texts: Sequence[str]) -> Tensor:
        """(n, p): the texts' features, on the CPU. Raises UnreadableItem for a text of which nothing is read."""
        if not texts:
            return torch.zeros(0, self.n_channels)
        return self.encode(self.card.collate([self.card.prepare(text) for text in texts]))

    def removed(self, text: str, spans: Sequence[Sequence[Span]], *, how: str) -> Tensor:
        """(n, p): the features of the text without the characters of each of n groups of spans.

        how: one of `removals`. "delete": the text without them; "mask": their tokens replaced by the mask token;
        "hide": nothing attends to their tokens (their mask is 0). A token goes if any of its characters does. In a
        causal model, a hidden last token still asks for the answer, since it is the place where it is read.
        Raises ValueError for another `how`, and where deleting leaves nothing to read.
        """
        if how not in self.removals:
            raise ValueError(f"removal {how!r}: this model allows {', '.join(self.removals)}")
        if not spans:
            return torch.zeros(0, self.n_channels)
        return self.encode(removed_inputs(self.card.reader, text, spans, how=how))

    @property
    def n_channels(self) -> int:
        return self.weight.shape[1]

    @property
    def n_classes(self) -> int:
        return self.weight.shape[0]

    def _checked(self, inputs: Tensor) -> Tensor:
        """The inputs as (m, 2, t), or (m, p) of numbers; see `encode`."""
        if self.card.longest is None:
            if inputs.ndim != 2 or inputs.shape[1] != self.n_channels:
                raise ValueError(f"texts {tuple(inputs.shape)}, expected features (m, {self.n_channels})")
            return inputs
        if inputs.ndim == 2 and not inputs.is_floating_point():
            inputs = torch.stack([inputs, torch.ones_like(inputs)], dim=1)
        if inputs.ndim != 3 or inputs.shape[1] != 2 or inputs.is_floating_point():
            raise ValueError(f"texts {tuple(inputs.shape)}, expected ids and mask (m, 2, t): use card.collate")
        return inputs
