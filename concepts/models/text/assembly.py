"""A TextSplit of a network over tokens, from its parts: measured and checked before it is returned."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from concepts.models.encoders.model_types import TorchModule
from concepts.models.outputs import Outputs
from concepts.models.splitting.layers import NOT_NEGATIVE, SIGNED
from concepts.models.text.batches import SAID
from concepts.models.text.card import TextCard
from concepts.models.text.judged import Judged
from concepts.models.text.reading import TokenReader
from concepts.models.text.split import TextSplit
from concepts.models.text.token_passes import TokenPasses, bytes_of, probe_ids, removals_of


@dataclass(frozen=True)
class Head:
    """An affine head: the path of its layer, weight (c, p), bias (c,), and the meaning of its outputs."""

    layer: str
    weight: Tensor
    bias: Tensor
    outputs: Outputs


def assembled(
    model: TorchModule,
    passes: TokenPasses,
    head: Head,
    card: TextCard,
    reader: TokenReader,
    *,
    said: Sequence[str] = (),
    judged: Judged | None = None,
) -> TextSplit:
    """The split of a network, checked on probe texts. said: sentences of the reason that come first.

    Raises ValueError where h(g(x)) is not f(x), or logits are NaN or infinite.
    """
    device = head.weight.device
    texts = probe_ids(reader, device)
    inputs = reader.collate(texts).to(device)
    with torch.no_grad():
        A = passes.features(inputs)
    if not A.isfinite().all():
        raise ValueError("the model gives NaN or infinity for plain texts: its weights are damaged, or they overflow")
    window = f"Texts longer than {reader.longest:,} tokens are cut there."
    return checked(
        TextSplit(
            card=card,
            layer=head.layer,
            weight=head.weight,
            bias=head.bias,
            outputs=head.outputs,
            sign=NOT_NEGATIVE if float(A.min()) >= 0 else SIGNED,
            reason=" ".join(filter(None, (*said, window, SAID[passes.batches.how]))),
            check=0.0,
            device=device,
            alone=passes.batches.how == "alone",
            read_together=passes.read_together,
            model_bytes=bytes_of(model),
            removals=removals_of(passes, reader, texts),
            passes=passes,
            judged=judged,
        ),
        inputs,
    )


def checked(split: TextSplit, inputs: Tensor) -> TextSplit:
    """The split with its `check` as measured on these prepared texts. Raises ValueError as `TextSplit.measure`."""

    return replace(split, check=split.measure(inputs))
