"""A text's tokens as one vector, in several ways, for the same pass of an encoder."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from torch import Tensor

from concepts.data.dataset import UnreadableItem
from concepts.models.encoders.minilm import text_model_folder
from concepts.models.encoders.model_types import TextModel
from concepts.models.encoders.opening import short
from concepts.models.encoders.pretrained import load_pretrained, model_fingerprint
from concepts.models.encoders.texts import MODEL, last_of, read_recipe
from concepts.models.text.batches import TOKENS_AT_ONCE, Batches, Run, measured_batching, same
from concepts.models.text.folder_reader import reader_of
from concepts.models.text.poolings import POOLINGS
from concepts.models.text.reading import TokenReader
from concepts.models.text.token_passes import in_one_line, probe_ids

CAUSAL, BOTH_WAYS = "causal", "bidirectional"
LAST_LAYERS = 4
AT_ONCE = 512  # texts read together, sorted by length


@dataclass(frozen=True, eq=False)
class PooledEncoder:
    """A frozen encoder whose tokens are pooled in several ways; begin and end of a text are tokens as well.

    poolings: the names of its q ways. attentions: the ways in which its tokens may see each other; the first is the one
    that it was trained with.
    """

    name: str
    fingerprint: str
    poolings: tuple[str, ...]
    attentions: tuple[str, ...]
    reader: TokenReader
    device: torch.device
    _runs: dict[str, Run] = field(repr=False)
    _batches: Batches = field(repr=False)

    @torch.no_grad()
    def features(self, texts: Sequence[str], attention: str) -> np.ndarray:
        """(n, q, p) float32. A text longer than the window is cut at its end.

        Raises ValueError for another attention than those in `attentions`, and for a text without a token.
        """
        if attention not in self._runs:
            raise ValueError(f"attention is {attention!r}: {self.name} takes {', '.join(self.attentions)}")
        ids = [self.reader.prepare(text) for text in texts]
        order = sorted(range(len(ids)), key=lambda i: len(ids[i]))
        found: dict[int, np.ndarray] = {}
        for start in range(0, len(order), AT_ONCE):
            rows = order[start : start + AT_ONCE]
            inputs = self.reader.collate([ids[i] for i in rows]).to(self.device)
            values = self._batches(self._runs[attention], inputs).float().cpu().numpy()
            found.update(zip(rows, values, strict=True))
        return np.stack([found[i] for i in range(len(texts))])

    def reads(self, text: str) -> bool:
        """Whether the text has a token that the model knows."""
        try:
            return len(self.reader.prepare(text)) > 0
        except UnreadableItem:
            return False


def open_pooled(name: str, *, device: torch.device, network: bool = True) -> PooledEncoder:
    """The encoder of a folder, `hf:org/name` or all-MiniLM-L6-v2, with or without causal attention.

    A causal model can be run bidirectionally, and the other way round, where it takes a mask of tokens by tokens: that
    is measured. Source of the question: NV-Embed (Lee et al., arXiv 2405.17428, section 3.1).
    Raises ValueError for an encoder with a decoder, and as `load_pretrained`.
    """
    folder = text_model_folder(name, network=network)
    recipe = read_recipe(folder)
    model = load_pretrained(MODEL, recipe.folder, device)
    if model.config.is_encoder_decoder:
        raise ValueError(f"{name} is an encoder with a decoder ({model.config.model_type}): choose a plain encoder")
    reader, hashed = reader_of(recipe.folder, model.config, most=recipe.longest)
    texts = probe_ids(reader, device)
    poolings = _with_attentions(model, texts[0])
    with in_one_line(), torch.no_grad():
        attentions = _attentions(model, max(texts, key=len))
    runs: dict[str, Run] = {each: _run(model, None if i == 0 else each, poolings) for i, each in enumerate(attentions)}
    how = measured_batching(runs[attentions[0]], texts, reader.collate)
    return PooledEncoder(
        name=short(name),
        fingerprint=model_fingerprint(model, model.config, besides=(hashed,)),
        poolings=poolings,
        attentions=attentions,
        reader=reader,
        device=device,
        _runs=runs,
        _batches=Batches(how, TOKENS_AT_ONCE[device.type]),
    )


def pooled(states: Sequence[Tensor], received: Tensor | None, mask: Tensor) -> Tensor:
    """(n, q, p): the ways of `POOLINGS` in their order, without "attention" where `received` is None.

    states: hidden states (n, t, p), the last layer last. received: (n, t) ≥ 0, what each token weighs. mask: (n, t),
    1 for tokens of the text.
    """
    last, weight = states[-1], mask.to(states[-1].dtype)
    layers = torch.stack(list(states[1:][-LAST_LAYERS:])).mean(dim=0)
    ways = [
        last[torch.arange(len(last)), mask.argmax(dim=1)],
        last_of(last, mask),
        _mean(last, weight),
        last.masked_fill(mask.unsqueeze(-1) == 0, float("-inf")).amax(dim=1),
        *([] if received is None else [_mean(last, weight * received)]),
        _mean(layers, weight),
    ]
    return torch.stack(ways, dim=1)


def _mean(states: Tensor, weight: Tensor) -> Tensor:
    """(n, p): the mean of (n, t, p) by weights (n, t)."""
    return torch.einsum("ntp,nt->np", states, weight / weight.sum(dim=1, keepdim=True))


def _run(model: TextModel, attention: str | None, poolings: tuple[str, ...]) -> Run:
    """ids and mask (m, t) → (m, q, p). attention: None for the model's own."""

    def run(ids: Tensor, mask: Tensor) -> Tensor:
        out = _outputs(model, ids, mask, attention)
        received = None
        if "attention" in poolings:
            weight = mask.to(out.attentions[-1].dtype)
            received = torch.einsum("nhqk,nq->nk", out.attentions[-1], weight)  # summed over heads and queries
        return pooled(out.hidden_states, received, mask)

    return run


def _outputs(model: TextModel, ids: Tensor, mask: Tensor, attention: str | None) -> Any:
    """The model's hidden states, and its attentions where it has any: the output of a class that we do not name."""
    shown = mask if attention is None else _mask_of(attention, mask)
    options: dict[str, Any] = {"output_hidden_states": True, "output_attentions": True}
    return model(input_ids=ids, attention_mask=shown, **options)


def _mask_of(attention: str, mask: Tensor) -> Tensor:
    """(n, 1, t, t), added to the attention's logits: 0 where a token (row) sees another (column), else very low."""
    t = mask.shape[1]
    sees = mask[:, None, None, :].bool().expand(-1, 1, t, t)
    if attention == CAUSAL:
        sees = sees & torch.ones(t, t, dtype=torch.bool, device=mask.device).tril()
    return torch.zeros(sees.shape, device=mask.device).masked_fill(~sees, torch.finfo(torch.float32).min)


def _with_attentions(model: TextModel, ids: Tensor) -> tuple[str, ...]:
    """The ways of `POOLINGS` that the model allows, after a change to the implementation that tells its attention."""
    eager: Any = model
    if hasattr(eager, "set_attn_implementation"):
        eager.set_attn_implementation("eager")
    with in_one_line(), torch.no_grad():
        found = getattr(_outputs(model, ids[None], torch.ones_like(ids)[None], None), "attentions", None)
    last = found[-1] if found else None
    tells = last is not None and last.ndim == 4
    return tuple(name for name in POOLINGS if name != "attention" or tells)


def _attentions(model: TextModel, ids: Tensor) -> tuple[str, ...]:
    """The model's own attention, then the other one where a mask of tokens by tokens does what it says.

    Measured on a text (t,): with one of its last tokens replaced, the state of its first one stays in a causal pass and
    changes in a bidirectional one; and the model's own attention by such a mask is its own.
    """
    other = ids.clone()
    other[-2] = ids[1]
    pair, mask = torch.stack([ids, other]), torch.ones(2, len(ids), dtype=torch.int64, device=ids.device)

    def first(attention: str | None) -> Tensor:
        return _outputs(model, pair, mask, attention).hidden_states[-1][:, 0]

    plain = first(None)
    own, turned = (CAUSAL, BOTH_WAYS) if same(plain[:1], plain[1:]) else (BOTH_WAYS, CAUSAL)
    try:
        as_own, as_other = first(own), first(turned)
    except Exception:  # a model's own forward can raise anything at a mask of that form
        return (own,)
    if not same(as_own, plain) or same(as_other[:1], as_other[1:]) != (turned == CAUSAL):
        return (own,)
    return own, turned
