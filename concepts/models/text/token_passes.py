"""The passes of a network over token ids, and what is measured of it when it is opened."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial

import torch
from torch import Tensor, nn

from concepts.data.dataset import UnreadableItem
from concepts.data.texts import one_line
from concepts.models.encoders.model_types import TorchModule
from concepts.models.outputs import Outputs
from concepts.models.text.batches import (
    READ_TOGETHER,
    TOKENS_AT_ONCE,
    Batches,
    Batching,
    Run,
    measured_batching,
    same,
)
from concepts.models.text.heads import in_classes
from concepts.models.text.last_linear import last_linear, rows_read
from concepts.models.text.reading import HIDDEN, TokenReader

FEW = 2  # of the probe texts, by which the last linear layer is found
PROBES = (
    "It works.",
    "The film was short, and nobody in the room could say why they had liked it so much.",
    "A train leaves at nine; another one, which is slower, leaves at noon.",
    "What is the weather like today?",
    "She bought three red apples and gave two of them to her brother, who did not thank her for any of them.",
)


@dataclass(frozen=True, eq=False)
class TokenPasses:
    """`Passes` of a network. _features, _logits: functions of ids and mask (m, t)."""

    batches: Batches
    _features: Run = field(repr=False)
    _logits: Run = field(repr=False)

    def features(self, inputs: Tensor) -> Tensor:
        return self.batches(self._features, inputs)

    def answers(self, inputs: Tensor) -> Tensor:
        return Batches("alone", self.batches.tokens_at_once)(self._logits, inputs)

    def in_classes(self, outputs: Outputs) -> "TokenPasses":
        """The same, with logits of the classes where the network has one output."""
        return replace(self, _logits=lambda ids, mask: in_classes(self._logits(ids, mask), outputs))

    @property
    def read_together(self) -> int:
        return 1 if self.batches.how == "alone" else READ_TOGETHER


def network_passes(
    model: TorchModule, logits: Run, reader: TokenReader, device: torch.device
) -> tuple[str, nn.Linear, TokenPasses]:
    """The path of the network's last linear layer, that layer, and the passes. logits: the network itself.

    Raises ValueError where no layer makes the logits (`last_linear`).
    """
    texts = probe_ids(reader, device)
    with in_one_line():
        path, module = last_linear(model, [partial(logits, ids[None], _all(ids)) for ids in texts[:FEW]])

    def features(ids: Tensor, mask: Tensor) -> Tensor:
        return rows_read(module, lambda: logits(ids, mask))[0]

    return path, module, passes_of(features, logits, reader, texts)


def passes_of(features: Run, logits: Run, reader: TokenReader, texts: Sequence[Tensor]) -> TokenPasses:
    """The passes, with the way to form batches measured on the probe texts, ids (t,)."""
    with in_one_line():
        how: Batching = measured_batching(features, texts, reader.collate)
    return TokenPasses(Batches(how, TOKENS_AT_ONCE[texts[0].device.type]), features, logits)


@contextmanager
def in_one_line() -> Iterator[None]:
    """Any error of a model, on plain texts, as a ValueError of one line; one of memory stays as it is."""
    try:
        yield
    except (ValueError, MemoryError, torch.OutOfMemoryError):
        raise
    except Exception as error:  # a model's own forward can raise anything
        said = f"the model fails on a plain text ({type(error).__name__}: {one_line(error)})"
        raise ValueError(f"{said}: do its tokenizer and its weights belong together?") from error


def _all(ids: Tensor) -> Tensor:
    """(1, t): the mask of a text (t,) alone."""
    return torch.ones_like(ids)[None]


def probe_ids(reader: TokenReader, device: torch.device) -> list[Tensor]:
    """Ids (t,) of the probe texts that the model reads. Raises UnreadableItem where these are fewer than two."""
    read, why = list[Tensor](), UnreadableItem("no plain text")
    for text in PROBES:
        try:
            read.append(reader.prepare(text).to(device))
        except UnreadableItem as error:
            why = error
    if len(read) < FEW:
        raise why
    return read


@torch.no_grad()
def hides(passes: TokenPasses, reader: TokenReader, texts: Sequence[Tensor]) -> bool:
    """Whether a token whose mask is 0 has no influence: with another id in its place, the features stay the same.

    texts: ids (t,) of probe texts.
    """
    ids = max(texts, key=len)
    if len(ids) < 3:
        return False
    place = len(ids) // 2
    other = ids.clone()
    other[place] = _another(int(ids[place]), texts)
    inputs = reader.collate([ids, other, ids]).to(ids.device)
    inputs[:2, 1, place] = HIDDEN
    as_it_is, with_other, shown = passes.features(inputs).split(1)
    return bool(as_it_is.isfinite().all()) and same(as_it_is, with_other) and not same(as_it_is, shown)


def _another(token: int, texts: Sequence[Tensor]) -> int:
    """Another token id: one from inside the probe texts, which is no begin or end, where there is one."""
    inside = (each for ids in texts for each in ids[1:-1].tolist() if each not in (token, int(ids[0]), int(ids[-1])))
    return next(inside, token - 1 if token > 0 else 1)


def removals_of(passes: TokenPasses, reader: TokenReader, texts: Sequence[Tensor]) -> tuple[str, ...]:
    """The ways in which a word can be taken out of a text for this model; its tokens must be known for two of them."""
    if not reader.places:
        return ("delete",)
    masked = ("mask",) if reader.mask_id is not None else ()
    return ("delete", *masked, *(("hide",) if hides(passes, reader, texts) else ()))


def bytes_of(model: TorchModule) -> int:
    return sum(value.nbytes for value in model.state_dict().values() if isinstance(value, Tensor))
