"""A causal language model of the user's own code that is asked a question: `path/to/file.py:factory` with answers.

The factory's module is as for `own_network`, but that its forward returns the logits of the next token at every place,
(m, t, V), or at the last one, (m, V): a tensor, a tuple that begins with it, or an object or dict with `logits`, as the
language models of transformers return. Its answer is read where the text ends.

The layer is found by measurement: the linear layer whose output are the logits; else the parameter W (V, p) of which
they are the products, logits = W h, as where the unembedding is the embedding. W then gives h back: h = W⁺ logits.
A tokenizer that tells no places must put no token after a text.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any, Protocol

import torch
from torch import Tensor, nn
from torch.nn.functional import linear

from concepts.data.dataset import UnreadableItem
from concepts.models.classifiers.loading import short_name
from concepts.models.encoders.heads import inputs_of
from concepts.models.encoders.texts import last_of
from concepts.models.text.assembly import Head, assembled
from concepts.models.text.batches import Run
from concepts.models.text.card import TextCard
from concepts.models.text.heads import affine_head, outputs_of
from concepts.models.text.language_model import answers_said, with_prompt
from concepts.models.text.last_linear import TOLERANCE, last_linear
from concepts.models.text.own_network import WordsAndIds, called, fingerprint_of, own_reader, put_weights
from concepts.models.text.prompts import answer_tokens, prompted
from concepts.models.text.reading import TokenReader
from concepts.models.text.sources import TextOptions
from concepts.models.text.split import TextSplit
from concepts.models.text.token_passes import FEW, in_one_line, passes_of, probe_ids
from concepts.storage.store import key_of

WHAT = "logits of the next token, (texts, tokens, vocabulary)"
OTHERWISE = "or return the logits of the answers themselves, and leave out --question and --answers"


def open_asked_network(
    model: nn.Module, name: str, options: TextOptions, *, module: ModuleType, source: Path
) -> TextSplit:
    """The split of a factory's language model with a question and its answers.

    Raises ValueError as `prompted` and `answer_tokens`, for a module that returns no logits of the next token, and for
    one whose logits neither a linear layer nor a matrix makes.
    """
    options.check_unused(name, "class_names", "output")
    weights = put_weights(model, options.weights)
    model.eval().requires_grad_(False).to(options.device)
    plain = _whole(own_reader(model, options.longest))
    prompt = prompted(options.question, plain._tokenize)
    reader = with_prompt(plain, prompt)
    tokens = torch.tensor(answer_tokens(prompt, options.answers), device=options.device)
    texts = probe_ids(reader, options.device)
    every = _NextToken(model, int(tokens.max()) + 1)
    words = _found(model, every, texts)
    answers = tuple(options.answers or ())
    card = TextCard(
        name=short_name(name),
        weights=weights,
        class_names=answers,
        transform_text=f"tokens of {short_name(name)} of {prompt!r}, at most {reader.longest}",
        fingerprint=key_of(
            model=fingerprint_of(model, plain, source), before=prompt.before, after=prompt.after, answers=answers
        ),
        longest=reader.longest,
        reader=reader,
        names_given=True,
    )
    outputs = outputs_of("classes", None, len(tokens))
    head = Head(words.path, *affine_head(words.weight[tokens], words.bias_of(tokens), outputs), outputs)
    passes = passes_of(words.features, lambda ids, mask: every(ids, mask)[:, tokens], reader, texts)
    return assembled(model, passes, head, card, reader, said=(answers_said(every, tokens, texts),))


@dataclass(frozen=True, eq=False)
class PromptIds(WordsAndIds):
    """A reader of prompts whose tokens have no places: what is too long is not read, since its end is the question."""

    def prepare(self, text: str) -> Tensor:
        ids = self._tokenize([text])[0].ids
        if len(ids) > self.longest:
            raise UnreadableItem(f"with the question it has {len(ids)} tokens, the model reads {self.longest}")
        return super().prepare(text)


def _whole(reader: TokenReader) -> TokenReader:
    """The reader, of which none without places cuts a prompt at its end."""
    if reader.places:
        return reader
    return PromptIds(
        longest=reader.longest, mask_id=reader.mask_id, pad=reader.pad, places=False, _tokenize=reader._tokenize
    )


@dataclass(frozen=True, eq=False)
class _NextToken:
    """Callable: ids and mask (m, t) → (m, V) the logits of the token after each text. least: words that V must hold."""

    model: nn.Module
    least: int

    def __call__(self, ids: Tensor, mask: Tensor) -> Tensor:
        found = _logits_in(called(self.model)(ids, mask))
        if found is None or found.ndim not in (2, 3) or found.shape[0] != len(ids) or found.shape[-1] < self.least:
            got = "no logits" if found is None else f"{tuple(found.shape)} for {len(ids)} texts"
            raise ValueError(
                f"{type(self.model).__name__} returns {got}, expected {WHAT} with {self.least} words at least: "
                f"return these, {OTHERWISE}"
            )
        return last_of(found, mask) if found.ndim == 3 else found


class _Words(Protocol):
    """The unembedding: its path, weight (V, p), and what it reads."""

    @property
    def path(self) -> str: ...
    @property
    def weight(self) -> Tensor: ...

    def bias_of(self, tokens: Tensor) -> Tensor | None:
        """(c,) of these tokens, None without one."""
        ...

    def features(self, ids: Tensor, mask: Tensor) -> Tensor:
        """(m, p) what it reads where each text ends."""
        ...


@dataclass(frozen=True, eq=False)
class _Layer:
    """A linear layer that makes the logits."""

    path: str
    layer: nn.Linear
    every: Run

    @property
    def weight(self) -> Tensor:
        return self.layer.weight

    def bias_of(self, tokens: Tensor) -> Tensor | None:
        return None if self.layer.bias is None else self.layer.bias[tokens]

    def features(self, ids: Tensor, mask: Tensor) -> Tensor:
        with inputs_of(self.layer) as kept:
            self.every(ids, mask)
        return last_of(kept[-1], mask) if kept[-1].ndim == 3 else kept[-1]


@dataclass(frozen=True, eq=False)
class _Matrix:
    """A parameter W (V, p) of which the logits are the products. inverse: W⁺ (p, V), float64."""

    path: str
    weight: Tensor
    inverse: Tensor
    every: Run

    def bias_of(self, tokens: Tensor) -> Tensor | None:
        return None

    def features(self, ids: Tensor, mask: Tensor) -> Tensor:
        return linear(self.every(ids, mask).double(), self.inverse).float()


@torch.no_grad()
def _found(model: nn.Module, every: Run, texts: Sequence[Tensor]) -> _Words:
    """The linear layer, else the matrix, that makes the logits of the probe texts, ids (t,)."""

    def run(ids: Tensor) -> Tensor:
        return every(ids[None], torch.ones_like(ids)[None])

    with in_one_line():
        logits = torch.cat([run(ids) for ids in texts])
    try:
        path, layer = last_linear(model, [lambda ids=ids: run(ids) for ids in texts[:FEW]])  # type: ignore[misc]
        return _Layer(path, layer, every)
    except ValueError:
        pass
    for name, weight in model.named_parameters():
        if weight.ndim == 2 and len(weight) == logits.shape[1] > weight.shape[1]:
            inverse = torch.linalg.pinv(weight.double())
            again = linear(linear(logits.double(), inverse), weight.double())
            if float((again - logits).abs().max()) <= TOLERANCE * float(logits.abs().max()):
                return _Matrix(name, weight, inverse, every)
    raise ValueError(
        f"no linear layer and no matrix of {type(model).__name__} makes its {logits.shape[1]} logits: end it with its "
        f"nn.Linear over the vocabulary, and nothing after it, {OTHERWISE}"
    )


def _logits_in(returned: Any) -> Tensor | None:
    """The logits in what a user's module returns; None where there are none."""
    if isinstance(returned, Tensor):
        return returned
    found = returned.get("logits") if isinstance(returned, Mapping) else getattr(returned, "logits", None)
    if found is None and isinstance(returned, tuple | list) and returned:
        found = returned[0]
    return found if isinstance(found, Tensor) else None
