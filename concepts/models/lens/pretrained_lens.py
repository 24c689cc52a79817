"""Causal and masked language models of transformers, read at every layer."""

import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from concepts.models.encoders.model_types import LanguageModel, TorchModule
from concepts.models.encoders.pieces import file_tokenizer
from concepts.models.encoders.pretrained import AutoClass, load_pretrained, stored_type
from concepts.models.encoders.texts import longest_of
from concepts.models.encoders.unembedding import final_norm
from concepts.models.lens.lens import LayerLens, check_answer, visible
from concepts.models.text.token_passes import PROBES, in_one_line

if TYPE_CHECKING:
    from tokenizers import Tokenizer

CAUSAL = AutoClass[LanguageModel]("AutoModelForCausalLM")
MASKED = AutoClass[LanguageModel]("AutoModelForMaskedLM")


def open_pretrained(folder: Path, *, name: str, causal: bool, device: torch.device) -> LayerLens:
    """The lens of a folder's model.

    Raises ValueError for an encoder with a decoder, for a causal model whose final norm is not found, and where the
    last layer read this way is not the model's own answer.
    """
    model = load_pretrained(CAUSAL if causal else MASKED, folder, device, dtype=stored_type(device))
    if getattr(model.config, "is_encoder_decoder", False):
        raise ValueError(f"{name} is an encoder with a decoder ({model.config.model_type}): choose a plain model")
    tokenizer = file_tokenizer(folder)
    longest = longest_of(model.config, folder)
    ids = torch.tensor([tokenizer([PROBES[0]])[0].ids[:longest]], device=device)
    reader, n_words = _checked(model, _norm(model.base_model, name, causal=causal), name, ids)
    return LayerLens(
        name=name,
        layers=("embeddings", *(f"layer {i + 1}" for i in range(model.config.num_hidden_layers))),
        causal=causal,
        longest=longest,
        n_words=n_words,
        device=device,
        _tokenize=tokenizer,
        _read=reader,
        _word=_Words(tokenizer.rust),
    )


class _Words:
    """Callable: the id of a piece to the piece as people read it."""

    def __init__(self, rust: "Tokenizer") -> None:
        self._rust = rust

    def __call__(self, piece: int) -> str:
        written = self._rust.id_to_token(piece)
        return f"[{piece}]" if written is None else visible(self._rust.decode([piece]), written)


class _Reader:
    """Callable: ids (1, t) and l indices of hidden states → logits (l, t, V), in one pass of the model.

    The model's own head reads the hidden states: they take the place of the last one as a batch, so that whatever it
    does after the unembedding (a bias, a scale, a tanh) is done to all.
    """

    def __init__(self, model: LanguageModel, base: TorchModule, norm: nn.Module | None) -> None:
        self._model, self._base, self._norm, self._lock = model, base, norm, threading.Lock()

    def __call__(self, ids: Tensor, wanted: list[int]) -> Tensor:
        def ask(module: nn.Module, args: Any, options: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
            return args, options | {"output_hidden_states": True, "return_dict": True}

        def put(module: nn.Module, args: Any, output: Any) -> Any:
            last = len(output.hidden_states) - 1
            states = [
                output.last_hidden_state if i == last else self._normed(output.hidden_states[i].clone()) for i in wanted
            ]
            output.last_hidden_state = torch.cat(states)
            return output

        base: Any = self._base  # an nn.Module, which no Protocol can express
        with self._lock:
            hooks = [base.register_forward_pre_hook(ask, with_kwargs=True), base.register_forward_hook(put)]
            try:
                return self.answer(ids)
            finally:
                for hook in hooks:
                    hook.remove()

    def answer(self, ids: Tensor) -> Tensor:
        """(1, t, V): the model's own logits."""
        model: Any = self._model  # masked models have no use_cache
        return model(input_ids=ids, attention_mask=torch.ones_like(ids)).logits

    def _normed(self, state: Tensor) -> Tensor:
        return state if self._norm is None else self._norm(state)


def _norm(base: TorchModule, name: str, *, causal: bool) -> nn.Module | None:
    """The norm after the last block; None for a masked model, whose blocks then end with a norm each."""
    try:
        return final_norm(base)
    except ValueError as error:
        if not causal:
            return None
        raise ValueError(
            f"{name}: the final norm of {type(base).__name__} was not found, so its layers cannot be read: choose "
            "another model"
        ) from error


@torch.no_grad()
def _checked(model: LanguageModel, norm: nn.Module | None, name: str, ids: Tensor) -> tuple[_Reader, int]:
    """The reader, and V, after a look at whether the last layer's reading is the model's own answer to a text.

    What is read is what the model's forward calls before its head: its base, or the decoder inside that.
    """
    n_layers = model.config.num_hidden_layers
    inside = getattr(model.base_model, "decoder", None)
    for base in (model.base_model, inside):
        if base is None:
            continue
        reader = _Reader(model, base, norm)
        with in_one_line():
            expected, found = reader.answer(ids), reader(ids, [n_layers, 0])
        if len(found) == 2:
            check_answer(found[:1].float(), expected.float(), name)
            return reader, expected.shape[-1]
    raise ValueError(f"{name}: its head does not read what its base returns, so its layers cannot be read")
